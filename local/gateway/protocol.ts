import { AwsError } from '../kernel/aws-error.ts';
import { parseJsonObject } from '../kernel/json.ts';
import type { AwsService, JsonObject } from '../kernel/service.ts';

/** A request of an SDK client, whichever way it came. */
export interface GatewayRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request understood: what is called, and how its answer is written. */
export interface ParsedRequest {
  readonly service: string;
  readonly operation: string;
  readonly input: JsonObject;
  readonly respond: (answer: JsonObject) => GatewayResponse;
}

/**
 * Reads a request in AWS's JSON protocol (1.0 and 1.1 differ in the content type alone): the operation is in
 * `x-amz-target`, the body is its input.
 *
 * @throws AwsError when it names no operation of a service that is there, or its body is no JSON object.
 */
export function parseJsonRequest(request: GatewayRequest, services: ReadonlyMap<string, AwsService>): ParsedRequest {
  const target = request.headers['x-amz-target'] ?? '';
  const dot = target.lastIndexOf('.');
  const prefix = target.slice(0, Math.max(dot, 0));
  const service = [...services.values()].find(({ targets }) => targets.includes(prefix));
  if (!service || request.method !== 'POST') {
    throw new AwsError(
      'UnknownOperationException',
      `The embedded cloud serves no operation ${target || request.path}.`,
    );
  }
  return {
    service: service.name,
    operation: target.slice(dot + 1),
    input: parseInput(request.body),
    respond: (answer) => ({
      statusCode: 200,
      headers: { 'content-type': jsonContentType(request) },
      body: JSON.stringify(answer),
    }),
  };
}

function parseInput(body: string): JsonObject {
  if (body === '') return {};
  try {
    return parseJsonObject(body, 'The body');
  } catch {
    throw new AwsError('SerializationException', 'The body of the request is not a JSON object.');
  }
}

/** An error as SDK clients read it: its name in a header and in `__type`. */
export function respondError(request: GatewayRequest, error: AwsError): GatewayResponse {
  return {
    statusCode: error.statusCode,
    headers: { 'content-type': jsonContentType(request), 'x-amzn-errortype': error.code },
    // Most exceptions have `message`, some `Message`; SDK clients take either.
    body: JSON.stringify({ __type: error.code, message: error.message, ...error.details }),
  };
}

function jsonContentType(request: GatewayRequest): string {
  const given = request.headers['content-type'] ?? '';
  return given.startsWith('application/x-amz-json-1.') ? given : 'application/json';
}
