import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

/** What a route answers. */
export interface Answer {
  readonly status: number;
  /** Written as JSON; absent, when there is no text either, for an empty answer. */
  readonly body?: unknown;
  /** Written as it is, instead of a body. */
  readonly text?: string;
}

export interface Call {
  /** The decoded variable parts of the path, in order. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined when there was none. */
  readonly body: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** For example `/authorizations/:/cancel`; `:` stands for one variable segment. */
  readonly path: string;
  /** Answers, or `dropped` to cut the connection without a word. */
  readonly run: (call: Call) => Answer | Promise<Answer | typeof dropped>;
}

/** The connection is to be cut instead of an answer. */
export const dropped = Symbol('dropped');

/** Thrown by a route for what the caller did wrong; `body` is what they read. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;

  constructor(status: number, body: unknown) {
    super(`refused with ${status}`);
    this.answer = { status, body };
  }
}

/** The bodies of errors that the server finds itself, in the form of the simulator's API. */
export type DescribeError = (status: number, message: string) => unknown;

const bodyLimitBytes = 16 * 1024;

/** An HTTP server over the routes. It never logs or repeats what a body held, because bodies hold card numbers. */
export function createJsonServer(routes: readonly Route[], describeError: DescribeError): Server {
  const server = createServer((request, response) => {
    answer(routes, describeError, request).then(
      (result) => {
        if (result === dropped) request.socket.destroy();
        else send(response, result);
      },
      (error: unknown) => {
        if (error instanceof Refusal) send(response, error.answer);
        else if (!request.readableAborted) {
          process.stderr.write(`internal error: ${error instanceof Error ? error.name : 'unknown'}\n`);
          send(response, { status: 500, body: describeError(500, 'internal error') });
        }
      },
    );
  });
  // A client that never finishes its request must not hold a connection for ever.
  server.requestTimeout = 30_000;
  return server;
}

async function answer(
  routes: readonly Route[],
  describeError: DescribeError,
  request: IncomingMessage,
): Promise<Answer | typeof dropped> {
  const url = new URL(request.url ?? '/', 'http://simulator.invalid');
  const matches = routes.flatMap((route) => {
    const segments = match(route.path, url.pathname);
    return segments ? [{ route, segments }] : [];
  });
  if (matches.length === 0) throw new Refusal(404, describeError(404, 'no such resource'));
  const found = matches.find(({ route }) => route.method === request.method);
  if (!found) throw new Refusal(405, describeError(405, 'method not allowed'));
  const body = parseBody(await readBody(request, describeError), describeError);
  return found.route.run({ segments: found.segments, query: url.searchParams, body });
}

/** The variable segments when the path fits the pattern. */
function match(pattern: string, path: string): string[] | undefined {
  const expected = pattern.split('/');
  const actual = path.split('/');
  if (expected.length !== actual.length) return undefined;
  const segments: string[] = [];
  for (const [index, part] of expected.entries()) {
    const segment = actual[index] ?? '';
    if (part === ':') segments.push(decodeSegment(segment));
    else if (part !== segment) return undefined;
  }
  return segments;
}

/** A malformed escape stays as it is: no reference looks like it, so it is refused further in. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function readBody(request: IncomingMessage, describeError: DescribeError): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // An abandoned read would leave the rest of the body on the connection, so a body too long is read to its end.
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= bodyLimitBytes) chunks.push(chunk);
  }
  if (size > bodyLimitBytes) throw new Refusal(413, describeError(413, `a body has at most ${bodyLimitBytes} bytes`));
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string, describeError: DescribeError): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a card number.
    throw new Refusal(400, describeError(400, 'the body is not JSON'));
  }
}

function send(response: ServerResponse, { status, body, text }: Answer): void {
  if (response.destroyed) return;
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  if (content === undefined) {
    response.writeHead(status).end();
    return;
  }
  const type = text === undefined ? 'application/json' : 'text/plain; charset=utf-8';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(content) }).end(content);
}
