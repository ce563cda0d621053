import { AwsError } from '../kernel/aws-error.ts';
import { isJsonObject, parseJson } from '../kernel/json.ts';
import type { JsonObject } from '../kernel/service.ts';
import { Connections } from './connections.ts';
import type { HttpAnswer } from './http-answer.ts';

export type ApiVersion = 'DynamoDB_20120810' | 'DynamoDBStreams_20120810';

/** The wire to the native server. */
export interface Endpoint {
  /** Names where the server serves from now on. Calls that wait for it go on. */
  serve(url: URL): void;
  /** Says that the server is gone: calls wait until it serves again. */
  down(): void;
  /** Calls the server. Throws AwsError with the server's own code, message and further members. */
  send(version: ApiVersion, operation: string, input: JsonObject): Promise<JsonObject>;
  close(): void;
}

const callTimeoutMilliseconds = 60_000;

/**
 * The server takes any signature (callers are authenticated long before), but it wants to see the shape of one.
 */
const anySignature =
  'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=local';

/** A lean client over kept connections: this is the hottest path of the embedded cloud. */
export function createEndpoint(): Endpoint {
  let server: Server | undefined;
  let waiting: (() => void)[] = [];

  return {
    serve: (url) => {
      server?.connections.close();
      server = { connections: new Connections(url, callTimeoutMilliseconds), heads: headsFor(url) };
      const released = waiting;
      waiting = [];
      for (const release of released) release();
    },
    down: () => {
      server?.connections.close();
      server = undefined;
    },
    send: async (version, operation, input) => {
      if (server === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      if (server === undefined) throw unavailable('The DynamoDB server has ended.');
      return post(server, version, operation, JSON.stringify(input));
    },
    close: () => {
      server?.connections.close();
      server = undefined;
      for (const release of waiting) release();
    },
  };
}

interface Server {
  readonly connections: Connections;
  /** The head of a request as text, up to the length of its body. */
  readonly heads: (target: string) => string;
}

function headsFor({ host, pathname }: URL): Server['heads'] {
  const heads = new Map<string, string>();
  return (target) => {
    const known = heads.get(target);
    if (known !== undefined) return known;
    const made = [
      `POST ${pathname} HTTP/1.1`,
      `host: ${host}`,
      'content-type: application/x-amz-json-1.0',
      `x-amz-target: ${target}`,
      'x-amz-date: 20260101T000000Z',
      `authorization: ${anySignature}`,
      'content-length: ',
    ].join('\r\n');
    heads.set(target, made);
    return made;
  };
}

async function post(
  { connections, heads }: Server,
  version: ApiVersion,
  operation: string,
  body: string,
): Promise<JsonObject> {
  const head = `${heads(`${version}.${operation}`)}${Buffer.byteLength(body)}\r\n\r\n`;
  const answered = await connections.send(head + body).catch((error: unknown) => {
    // Whether the call was carried out is unknown: that is AWS's 500, which clients may try again.
    const reason = error instanceof Error ? error.message : String(error);
    throw unavailable(`The DynamoDB server did not answer (${reason}).`);
  });
  return readAnswer(answered);
}

function readAnswer({ statusCode, body }: HttpAnswer): JsonObject {
  if (statusCode === 413) throw new AwsError('RequestEntityTooLarge', 'The request is over 16 MB.', 413);
  const answer = parseAnswer(body);
  if (answer === undefined) throw unavailable('The DynamoDB server gave no JSON.');
  if (statusCode !== 200) throw errorOf(answer, statusCode);
  return answer;
}

function parseAnswer(body: string): JsonObject | undefined {
  try {
    const answer = parseJson(body);
    return isJsonObject(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function errorOf(body: JsonObject, statusCode: number): AwsError {
  const { __type: type, message, Message: otherMessage, ...details } = body;
  const code = typeof type === 'string' ? (type.split('#').at(-1) ?? type) : 'InternalServerError';
  const text = typeof message === 'string' ? message : typeof otherMessage === 'string' ? otherMessage : code;
  return new AwsError(code, text, statusCode, details);
}

function unavailable(message: string): AwsError {
  return new AwsError('InternalServerError', message, 500);
}
