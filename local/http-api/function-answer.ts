import * as z from 'zod';
import { isJsonObject } from '../kernel/json.ts';
import type { Json } from '../kernel/service.ts';

/** What goes to the client. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
  /** Why API Gateway itself refused or failed; undefined for what a function answered. */
  readonly error?: string;
}

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const structured = z.object({
  statusCode: z.int().min(200).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Headers that belong to one connection, or that the server itself writes. */
const droppedHeaders = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'upgrade',
  'te',
  'trailer',
  'date',
]);

/**
 * Reads what a function answered, in payload format 2.0: an object with a `statusCode` says everything itself; any
 * other JSON is the body of a 200. Undefined when it is malformed, to which API Gateway answers 500.
 */
export function readFunctionAnswer(answer: Json): HttpAnswer | undefined {
  if (!isJsonObject(answer) || !('statusCode' in answer)) {
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  }
  const parsed = structured.safeParse(answer);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const setCookies = [...named.filter(([name]) => name === 'set-cookie').map(([, value]) => value), ...(cookies ?? [])];
  return {
    status: statusCode,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(named.filter(([name]) => !droppedHeaders.has(name))),
      ...(setCookies.length > 0 && { 'set-cookie': setCookies }),
    },
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** An answer of API Gateway's own, whose body nobody can shape. */
export function gatewayAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify({ message })),
    error: message,
  };
}
