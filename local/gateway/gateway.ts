import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../kernel/aws-error.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Metering } from '../kernel/metering.ts';
import type { AwsService, Caller, Dispatch } from '../kernel/service.ts';
import type { Credentials } from './credentials.ts';
import { listenOnLoopback } from './listen.ts';
import { parseLambdaRequest } from './lambda-invoke.ts';
import { parseJsonRequest, respondError } from './protocol.ts';
import type { GatewayRequest, GatewayResponse } from './protocol.ts';

/** The largest request that any served API takes is DynamoDB's, 16 MB. */
const largestBodyBytes = 16 * 1024 * 1024;

export interface GatewayOptions {
  readonly dispatch: Dispatch;
  /** The services by name, to find the one that a target belongs to. */
  readonly services: ReadonlyMap<string, AwsService>;
  readonly credentials: Pick<Credentials, 'callerOf'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether the invocation with this id is still running: a function that ran out of time must not go on writing. */
  readonly isInvocationAlive?: (invocationId: string) => boolean;
  /** Makes the call of an invocation, so that the meter knows who waits for it. */
  readonly callOfInvocation?: Metering['callOfInvocation'];
}

export interface Gateway {
  /** What SDK clients take as their endpoint. */
  readonly url: string;
  /** Answers one request, however it came; undefined when its connection is to be closed without an answer. */
  readonly respond: (request: GatewayRequest) => Promise<GatewayResponse | undefined>;
  close(): Promise<void>;
}

/**
 * The endpoint that AWS SDK clients call, on a free port of the loopback interface. Who calls is known by access key
 * id and session token; the request's signature is not computed again, for the token alone cannot be guessed.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const respond = async (request: GatewayRequest) => {
    const large = Buffer.byteLength(request.body) > largestBodyBytes;
    const response = large ? tooLarge : await answer(request, options);
    return response && { ...response, headers: { ...response.headers, ...ownHeaders(response, options.clock) } };
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, respond).catch(() => incoming.socket.destroy());
  });
  // SDK clients keep their connections; one that is closed under a request costs a retry.
  server.keepAliveTimeout = 120_000;
  const { url, close } = await listenOnLoopback(server, 0);
  return { url, respond, close };
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, respond: Gateway['respond']): Promise<void> {
  const response = await respond(await readRequest(incoming));
  if (response === undefined) {
    incoming.socket.destroy();
    return;
  }
  outgoing.writeHead(response.statusCode, response.headers);
  outgoing.end(response.body);
}

/** What an answer has beside what the service says. */
function ownHeaders({ body }: GatewayResponse, clock: Pick<Clock, 'now'>): Record<string, string> {
  return {
    'content-length': String(Buffer.byteLength(body)),
    // The cloud's time, not the machine's: SDK clients compare it with theirs.
    date: new Date(clock.now()).toUTCString(),
    'x-amzn-requestid': randomUUID(),
  };
}

const tooLarge: GatewayResponse = {
  statusCode: 413,
  headers: {
    'content-type': 'application/json',
    'x-amzn-errortype': 'RequestEntityTooLargeException',
    connection: 'close',
  },
  body: JSON.stringify({ __type: 'RequestEntityTooLargeException', message: 'The request is larger than 16 MB.' }),
};

/** Of a body that is too large no more is kept than it takes to see that. */
async function readRequest(incoming: IncomingMessage): Promise<GatewayRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    if (bytes <= largestBodyBytes) chunks.push(chunk);
    bytes += chunk.length;
  });
  await once(incoming, 'end');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
  );
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '/',
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

async function answer(request: GatewayRequest, options: GatewayOptions): Promise<GatewayResponse | undefined> {
  const invocationId = request.headers['x-quittance-invocation'];
  if (invocationId !== undefined && options.isInvocationAlive?.(invocationId) === false) return undefined;
  try {
    const caller = authenticate(request, options.credentials);
    const { service, operation, input, respond } =
      parseLambdaRequest(request) ?? parseJsonRequest(request, options.services);
    const call = () => options.dispatch(service, { operation, input, caller });
    return respond(await (options.callOfInvocation?.(invocationId, operation, call) ?? call()));
  } catch (error) {
    if (error instanceof AwsError) return respondError(request, error);
    throw error;
  }
}

/** @throws AwsError as AWS answers to credentials that it does not know. */
function authenticate({ headers }: GatewayRequest, credentials: Pick<Credentials, 'callerOf'>): Caller {
  const { authorization } = headers;
  if (authorization === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', 403);
  }
  const [, accessKeyId] = /^AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)\//u.exec(authorization) ?? [];
  const caller =
    accessKeyId === undefined ? undefined : credentials.callerOf(accessKeyId, headers['x-amz-security-token'] ?? '');
  if (caller) return caller;
  throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
}
