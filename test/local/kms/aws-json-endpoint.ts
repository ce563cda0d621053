import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import { parseJsonObject } from '../../../local/kernel/json.ts';
import type { Access, AwsService, Caller } from '../../../local/kernel/service.ts';

export interface AwsJsonEndpoint {
  readonly clientOptions: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: 1;
    readonly disableHostPrefix: true;
  };
  /** The rights that the last call needed. */
  lastAccess(): readonly Access[];
  close(): Promise<void>;
}

/** Serves one service to a real SDK client over loopback: the protocol of the gateway without its IAM and faults. */
export async function serveAwsJson(
  service: AwsService,
  caller: Caller = { kind: 'operator' },
): Promise<AwsJsonEndpoint> {
  let lastAccess: readonly Access[] = [];
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: string }> => {
    const [target = '', operation = ''] = String(request.headers['x-amz-target']).split('.');
    if (!service.targets.includes(target))
      return { status: 400, body: JSON.stringify({ __type: 'UnknownOperationException' }) };
    try {
      const call = { operation, input: parseJsonObject(await readBody(request), 'The body'), caller };
      lastAccess = service.access(call);
      return { status: 200, body: JSON.stringify(await service.handle(call)) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message, details, statusCode } = error;
      return { status: statusCode, body: JSON.stringify({ __type: code, message, ...details }) };
    }
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, body }) => response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body),
      (error: unknown) =>
        response.writeHead(500).end(JSON.stringify({ __type: 'InternalFailure', message: String(error) })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    clientOptions: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
      disableHostPrefix: true,
    },
    lastAccess: () => lastAccess,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
