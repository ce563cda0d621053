import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import { createClock } from '../../../local/kernel/clock.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import type { Call, Json, JsonObject, Resource, ServiceOptions } from '../../../local/kernel/service.ts';
import { openStore } from '../../../local/kernel/store.ts';
import type { Store } from '../../../local/kernel/store.ts';
import { ExecutionBook } from '../../../local/state-machines/execution-book.ts';
import { createStateMachineService } from '../../../local/state-machines/state-machine-service.ts';
import type { StateMachineService } from '../../../local/state-machines/state-machine-service.ts';
import { serveAwsJson } from '../kms/aws-json-endpoint.ts';
import type { AwsJsonEndpoint } from '../kms/aws-json-endpoint.ts';

export const region = 'eu-central-1';
export const accountId = '000000000000';
export const roleArn = `arn:aws:iam::${accountId}:role/workflow`;

/** A function of Lambda as the test plays it: by its name, on its event. */
export type TestFunction = (event: Json, call: number) => Json | Promise<Json>;

/** Thrown by a test's function: what Lambda answers to a function that throws. */
export class FunctionThrew extends Error {
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

export interface ServiceWorldOptions {
  readonly functions?: Readonly<Record<string, TestFunction>>;
  /** Any other service, by `service:Operation`. */
  readonly services?: Readonly<Record<string, (input: JsonObject) => JsonObject>>;
  readonly dataDir?: string;
  /** A file of the data folder, so that it outlives the world. */
  readonly durable?: boolean;
}

export interface ServiceWorld {
  readonly service: StateMachineService;
  readonly client: SFNClient;
  readonly endpoint: AwsJsonEndpoint;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly lines: readonly string[];
  /** What tasks have called, as `service:Operation`, or `lambda:<function>`. */
  readonly calls: readonly (Call & { readonly what: string })[];
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** A state machine of the template. */
export function givenMachine(name: string, definition: JsonObject | string, properties: JsonObject = {}): Resource {
  const arn = `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
  const DefinitionString = typeof definition === 'string' ? definition : JSON.stringify(definition);
  return {
    ...{ stack: 'platform', logicalId: name, type: 'AWS::StepFunctions::StateMachine', physicalId: arn, arn },
    properties: { RoleArn: roleArn, StateMachineType: 'STANDARD', DefinitionString, ...properties },
  };
}

export function lambdaTask(name: string, rest: JsonObject = {}): JsonObject {
  return {
    ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' },
    Arguments: { FunctionName: name, Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    ...('Next' in rest ? {} : { End: true }),
    ...rest,
  };
}

export function givenFolder(): string {
  return mkdtempSync(join(tmpdir(), 'quittance-states-'));
}

/** Options of a service whose calls to other services the test answers. */
export function givenOptions(
  resources: readonly Resource[],
  world: ServiceWorldOptions & { readonly dataDir: string },
  lines: string[],
  calls: (Call & { what: string })[],
): ServiceOptions {
  const store = openStore(world.durable ? join(world.dataDir, 'cloud.sqlite') : ':memory:');
  const base = { resources, store, clock: createClock({ store }), dataDir: world.dataDir, region, accountId };
  const dispatch = async (service: string, call: Call): Promise<JsonObject> => {
    const { functions = {}, services = {} } = world;
    const name = call.input['FunctionName'] as string;
    const what =
      service === 'lambda' && call.operation === 'Invoke' ? `lambda:${name}` : `${service}:${call.operation}`;
    calls.push({ ...call, what });
    const handler = services[what] ?? services[`${service}:${call.operation}`];
    if (handler) return handler(call.input);
    const lambda = functions[name];
    if (service !== 'lambda' || !lambda) throw new AwsError('ResourceNotFoundException', `Not found: ${what}`, 404);
    return invoke(lambda, call.input, calls.filter((made) => made.what === what).length);
  };
  return { ...base, dispatch, log: (line: string) => lines.push(line) } as Omit<
    ServiceOptions,
    'faults'
  > as ServiceOptions;
}

async function invoke(lambda: TestFunction, input: JsonObject, call: number): Promise<JsonObject> {
  try {
    const answer = await lambda(JSON.parse(input['Payload'] as string) as Json, call);
    return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: JSON.stringify(answer) };
  } catch (error) {
    if (error instanceof AwsError) throw error;
    const thrown = error as FunctionThrew;
    const payload = { errorType: thrown.errorType, errorMessage: thrown.message, trace: [] };
    return { StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify(payload) };
  }
}

/** Step Functions with these machines behind a real SDK client. */
export async function givenStates(
  resources: readonly Resource[],
  options: ServiceWorldOptions = {},
): Promise<ServiceWorld> {
  const dataDir = options.dataDir ?? givenFolder();
  const lines: string[] = [];
  const calls: (Call & { what: string })[] = [];
  const serviceOptions = givenOptions(resources, { ...options, dataDir }, lines, calls);
  const { clock, store } = serviceOptions;
  markChecked(resources, store);
  const service = createStateMachineService(serviceOptions);
  service.start();
  const endpoint = await serveAwsJson(service, clock);
  const client = new SFNClient(endpoint.clientOptions);
  let closed = false;
  const idle = () => until(() => service.busy?.() === false);
  return {
    ...{ service, client, endpoint, clock, dataDir, lines, calls },
    advance: (seconds) => clock.advance(seconds * 1000, idle),
    close: async () => {
      if (closed) return;
      closed = true;
      client.destroy();
      await endpoint.close();
      await service.close?.();
      clock.close();
      store.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Checking takes a tenth of a second each; what is refused, and that it is, has tests of its own (refusals.test.ts). */
function markChecked(resources: readonly Resource[], store: Store): void {
  const book = new ExecutionBook(store);
  for (const { properties } of resources) {
    const definition = properties['DefinitionString'] as string;
    book.markChecked(createHash('sha256').update(definition).digest('hex'));
  }
}

/** Waits for a condition, at most ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('What was waited for has not come within ten seconds.');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
