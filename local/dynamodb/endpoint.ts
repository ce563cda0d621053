import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../kernel/aws-error.ts';
import { isJsonObject, parseJson } from '../kernel/json.ts';
import type { JsonObject } from '../kernel/service.ts';

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

/** A lean client over kept-alive connections: this is the hottest path of the embedded cloud. */
export function createEndpoint(): Endpoint {
  const agent = new Agent({ keepAlive: true, scheduling: 'lifo' });
  let url: URL | undefined;
  let waiting: (() => void)[] = [];

  return {
    serve: (newUrl) => {
      url = newUrl;
      const released = waiting;
      waiting = [];
      for (const release of released) release();
    },
    down: () => {
      url = undefined;
    },
    send: async (version, operation, input) => {
      if (url === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      if (url === undefined) throw unavailable('The DynamoDB server has ended.');
      return post(agent, url, version, operation, JSON.stringify(input));
    },
    close: () => {
      url = undefined;
      agent.destroy();
      for (const release of waiting) release();
    },
  };
}

function post(agent: Agent, url: URL, version: ApiVersion, operation: string, body: string): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        agent,
        host: url.hostname,
        port: url.port,
        path: url.pathname,
        method: 'POST',
        timeout: callTimeoutMilliseconds,
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'content-length': Buffer.byteLength(body),
          'x-amz-target': `${version}.${operation}`,
          'x-amz-date': '20260101T000000Z',
          authorization: anySignature,
        },
      },
      (response) => readAnswer(response, resolve, reject),
    );
    call.on('timeout', () => call.destroy(new Error('timed out')));
    // Whether the call was carried out is unknown: that is AWS's 500, which clients may try again.
    call.on('error', (error) => reject(unavailable(`The DynamoDB server did not answer (${error.message}).`)));
    call.end(body);
  });
}

function readAnswer(
  response: IncomingMessage,
  resolve: (answer: JsonObject) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('error', (error) => reject(unavailable(`The DynamoDB server broke off (${error.message}).`)));
  response.on('end', () => {
    const statusCode = response.statusCode ?? 500;
    if (statusCode === 413) {
      reject(new AwsError('RequestEntityTooLarge', 'The request is over 16 MB.', 413));
      return;
    }
    try {
      const answer = parseJson(Buffer.concat(chunks).toString('utf8'));
      if (!isJsonObject(answer)) throw new SyntaxError('not an object');
      if (statusCode === 200) resolve(answer);
      else reject(errorOf(answer, statusCode));
    } catch {
      reject(unavailable('The DynamoDB server gave no JSON.'));
    }
  });
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
