import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import type { FunctionService, FunctionServiceOptions } from '../../../local/functions/function-service.ts';
import { createFunctionService } from '../../../local/functions/function-service.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import { createClock } from '../../../local/kernel/clock.ts';
import { createFaults } from '../../../local/kernel/faults.ts';
import type { Call, JsonObject, Resource } from '../../../local/kernel/service.ts';
import { openStore } from '../../../local/kernel/store.ts';
import { listenOnLoopback } from '../../../local/gateway/listen.ts';

export const region = 'eu-central-1';
export const accountId = '000000000000';

/** A request that reached the tiny server which stands for the AWS endpoint. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface FunctionWorld {
  readonly functions: FunctionService;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly endpointUrl: string;
  readonly received: readonly ReceivedRequest[];
  /** Calls to other services. */
  readonly dispatched: readonly { readonly service: string; readonly call: Call }[];
  readonly lines: readonly { readonly functionName: string; readonly line: string }[];
  readonly operatorLines: readonly string[];
  /** Invokes and answers what Lambda answers, its payload parsed. */
  readonly invoke: (functionName: string, payload?: unknown) => Promise<InvokeAnswer>;
  readonly invokeEvent: (functionName: string, payload: unknown) => Promise<JsonObject>;
  /** Closes the service as a process would end, and opens another on the same folder. */
  readonly restart: (change?: Partial<FunctionServiceOptions>) => Promise<FunctionService>;
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface InvokeAnswer {
  readonly StatusCode: number;
  readonly FunctionError?: string;
  readonly payload: unknown;
}

export interface WorldOptions extends Partial<FunctionServiceOptions> {
  /** Source (TypeScript) and properties of each function; what is `raw` is not bundled but deployed as it is. */
  readonly bundles: Readonly<
    Record<string, string | { readonly code: string; readonly properties?: JsonObject; readonly raw?: boolean }>
  >;
  readonly others?: readonly Resource[];
  readonly answerRequest?: (request: ReceivedRequest) => string | Promise<string>;
  /** Whether requests to the endpoint are handed over instead of taking a connection. */
  readonly handsOver?: boolean;
}

/** The function service on a folder of its own, with bundles made by esbuild and a server that stands for AWS. */
export async function givenFunctions({
  bundles,
  others = [],
  answerRequest = () => '{}',
  handsOver = false,
  ...changes
}: WorldOptions): Promise<FunctionWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'functions-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const store = openStore(join(dataDir, 'store.db'));
  const clock = createClock({ store });
  const endpoint = await givenEndpoint(answerRequest);
  const dispatched: { service: string; call: Call }[] = [];
  const lines: { functionName: string; line: string }[] = [];
  const operatorLines: string[] = [];
  const options: FunctionServiceOptions = {
    resources: [...bundleAll(folder, bundles), ...others],
    ...{ clock, store, dataDir, region, accountId },
    faults: createFaults({ clock }),
    dispatch: (service, call) => {
      dispatched.push({ service, call });
      return Promise.resolve({});
    },
    log: (line) => operatorLines.push(line),
    onLog: (functionName, line) => lines.push({ functionName, line }),
    awsEndpointUrl: () => endpoint.url,
    credentialsForRole: (roleArn) => ({
      accessKeyId: `AKID${roleArn.split('/').at(-1) ?? ''}`,
      secretAccessKey: 'secret',
      sessionToken: `session of ${roleArn}`,
    }),
    ...(handsOver && {
      respond: async (request) => {
        const { method, path: url, headers, body } = request;
        const received = { method, url, headers, body };
        endpoint.received.push(received);
        const answer = await answerRequest(received);
        return { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: answer };
      },
    }),
    ...changes,
  };
  const world = { functions: await createOrCloseEndpoint(options, endpoint) };
  const invokeCall = (input: JsonObject) =>
    world.functions.handle({ operation: 'Invoke', input, caller: { kind: 'operator' } });
  return {
    ...{ clock, dataDir, dispatched, lines, operatorLines, endpointUrl: endpoint.url, received: endpoint.received },
    get functions() {
      return world.functions;
    },
    invoke: async (FunctionName, payload) => {
      const answer = await invokeCall({
        FunctionName,
        ...(payload !== undefined && { Payload: JSON.stringify(payload) }),
      });
      return { ...answer, payload: JSON.parse(answer['Payload'] as string) as unknown } as unknown as InvokeAnswer;
    },
    invokeEvent: (FunctionName, payload) =>
      invokeCall({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(payload) }),
    restart: async (change = {}) => {
      await world.functions.close?.();
      world.functions = createFunctionService({ ...options, ...change });
      return world.functions;
    },
    settled: () => eventually(() => world.functions.busy?.() !== true, 'the functions are idle'),
    close: async () => {
      await world.functions.close?.();
      clock.close();
      store.close();
      await endpoint.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function createOrCloseEndpoint(
  options: FunctionServiceOptions,
  endpoint: { close: () => Promise<void> },
): Promise<FunctionService> {
  try {
    return createFunctionService(options);
  } catch (error) {
    await endpoint.close();
    throw error;
  }
}

/** Waits until a condition holds, at most ten seconds. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await sleep(5);
  }
}

export function arnOf(functionName: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
}

function bundleAll(folder: string, bundles: WorldOptions['bundles']): Resource[] {
  return Object.entries(bundles).map(([name, bundle]) => {
    const { code, properties = {}, raw = false } = typeof bundle === 'string' ? { code: bundle } : bundle;
    const directory = join(folder, 'bundles', name);
    if (raw) {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'index.js'), code);
    } else bundleWithEsbuild(name, code, directory);
    return functionResource(name, directory, properties);
  });
}

function bundleWithEsbuild(name: string, code: string, directory: string): void {
  buildSync({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts', sourcefile: `${name}.ts` },
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node24', logLevel: 'silent' },
    mainFields: ['module', 'main'],
    outfile: join(directory, 'index.js'),
  });
}

export function functionResource(name: string, directory: string, properties: JsonObject = {}): Resource {
  return {
    stack: 'Stack',
    logicalId: name,
    type: 'AWS::Lambda::Function',
    physicalId: name,
    arn: arnOf(name),
    properties: {
      Code: { AssetPath: directory },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: `arn:aws:iam::${accountId}:role/${name}Role`,
      Timeout: 10,
      LoggingConfig: { LogFormat: 'JSON' },
      ...properties,
    },
  };
}

async function givenEndpoint(answerRequest: (request: ReceivedRequest) => string | Promise<string>) {
  const received: ReceivedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(request);
      void Promise.resolve(answerRequest(request)).then((body) => {
        outgoing.setHeader('content-type', 'application/x-amz-json-1.0');
        outgoing.end(body);
      });
    });
  });
  return { received, ...(await listenOnLoopback(server, 0)) };
}
