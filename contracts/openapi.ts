import type { ZodOpenApiObject, ZodOpenApiOperationObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { createDocument } from 'zod-openapi';
import * as z from 'zod';
import { problem } from './problem.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

/** API Gateway's own answers, whose body cannot be shaped. */
const gatewayMessage = z.object({ message: z.string() }).meta({ id: 'GatewayMessage' });

/** The OpenAPI 3.1 document of the whole API, made from the same schemas that check its requests. */
export function openapi(): ReturnType<typeof createDocument> {
  const paths: NonNullable<ZodOpenApiObject['paths']> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: toOperation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Quittance',
      version: '1',
      description: 'Marketplace payments. Amounts are integers in minor units; errors are RFC 9457 problem details.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    components: {
      securitySchemes: {
        userPool: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of the user pool.',
        },
      },
    },
  });
}

function toOperation(route: Route): ZodOpenApiOperationObject {
  return {
    operationId: route.operation,
    tags: [route.capability],
    summary: route.summary,
    ...(route.scope === 'open' ? { security: [] } : { security: [{ userPool: [route.scope] }] }),
    requestParams: {
      ...(route.pathParameters instanceof z.ZodObject ? { path: route.pathParameters } : {}),
      ...(route.query instanceof z.ZodObject ? { query: route.query } : {}),
      ...(route.idempotent ? { header: z.object({ 'Idempotency-Key': z.string().min(1).max(255) }) } : {}),
    },
    ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } } : {}),
    responses: toResponses(route),
  };
}

function toResponses(route: Route): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {
    default: { description: 'A problem.', content: { 'application/problem+json': { schema: problem } } },
  };
  for (const [status, { description, schema }] of Object.entries(route.answers)) {
    responses[toStatus(status)] = { description, ...(schema ? { content: { 'application/json': { schema } } } : {}) };
  }
  if (route.scope !== 'open') {
    const content = { 'application/json': { schema: gatewayMessage } };
    responses['401'] = { description: 'No valid token.', content };
    responses['403'] = { description: 'The scope is missing.', content };
  }
  return responses;
}

/** The status as OpenAPI writes it. Object.entries forgets that the keys are three digits. */
function toStatus(status: string): `${1 | 2 | 3 | 4 | 5}${string}` {
  return z.templateLiteral([z.enum(['1', '2', '3', '4', '5']), z.string().length(2)]).parse(status);
}
