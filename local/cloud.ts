import { loadAssembly } from './assembly/load-assembly.ts';
import type { Assembly } from './assembly/load-assembly.ts';
import { openDataFolder } from './cloud/data-folder.ts';
import { Door } from './cloud/door.ts';
import { openFront } from './cloud/front.ts';
import { createLocalEndpoints } from './cloud/local-endpoints.ts';
import { describeOutputs } from './cloud/outputs.ts';
import { createServices } from './cloud/services.ts';
import type { Worker } from './cloud/settling.ts';
import { waitUntilIdle } from './cloud/settling.ts';
import type { SimulatorOptions } from './cloud/simulator.ts';
import { startSimulators } from './cloud/simulators.ts';
import { createCredentials } from './gateway/credentials.ts';
import type { IssuedCredentials } from './gateway/credentials.ts';
import { createDispatcher } from './gateway/dispatcher.ts';
import type { ObservedCall } from './gateway/dispatcher.ts';
import { createGateway } from './gateway/gateway.ts';
import { createIam } from './iam/iam.ts';
import { checkRolesInUse } from './iam/trust.ts';
import { AwsError } from './kernel/aws-error.ts';
import { createClock } from './kernel/clock.ts';
import type { Clock } from './kernel/clock.ts';
import { createFaults } from './kernel/faults.ts';
import type { Faults } from './kernel/faults.ts';
import type { AwsService, Dispatch } from './kernel/service.ts';
import { createMeter } from './meter/meter.ts';
import type { Meter } from './meter/meter.ts';

const region = 'eu-central-1';
const accountId = '000000000000';
const longestEndMilliseconds = 3_000;
const anyFreePort = 0;

export interface CloudOptions {
  /** Where the cloud assembly's manifest.json is (cdk.out). */
  readonly assemblyDirectory: string;
  /** Absolute path of the folder where everything lives; made when it is not there. */
  readonly dataDir: string;
  /** The port of the API; 0 takes a free one. */
  readonly port: number;
  /** A line for the operator's console. Never a payload. */
  readonly log: (line: string) => void;
  /** Processes that play the world outside. Their URLs become the templates' parameters. */
  readonly simulators?: readonly SimulatorOptions[];
  /** Values of further parameters of the templates. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Where functions' bundles are kept as V8 has compiled them, for the next start of any cloud; by default in the data folder. */
  readonly compiledCodeDirectory?: string;
  /** The one Stage of the assembly to run. */
  readonly stage?: string;
  /** Hears of every AWS call. */
  readonly observe?: (call: ObservedCall) => void;
}

export interface Cloud {
  /** Where the API and `/_local` are. */
  readonly baseUrl: string;
  /** The endpoint of AWS SDK clients. */
  readonly awsUrl: string;
  readonly operatorCredentials: IssuedCredentials;
  readonly region: string;
  /** What GET /_local/outputs answers. */
  outputs(): Readonly<Record<string, unknown>>;
  readonly assembly: Assembly;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly dispatch: Dispatch;
  /** What AWS would charge for. */
  readonly meter: Pick<Meter, 'report' | 'reset'>;
  /**
   * Moves the clock event by event, everything drained between, what simulators tell included. Requests that come
   * meanwhile from elsewhere wait until it is done.
   */
  advance(milliseconds: number): Promise<void>;
  /** Waits until all work is done that needs no further time on the clock. */
  settled(): Promise<void>;
  /** Ends everything. What is durable is in the data folder. */
  close(): Promise<void>;
}

/**
 * Runs the stacks of a cloud assembly on this machine.
 *
 * @throws Error that says what is wrong: the data folder in use, the port taken, a resource that is not served, a
 * policy that is not understood. Whatever was started by then has ended again.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  await using opened = new AsyncDisposableStack();
  const cloud = await compose(options, opened);
  const kept = opened.move();
  return { ...cloud, close: () => kept.disposeAsync() };
}

async function compose(options: CloudOptions, opened: AsyncDisposableStack): Promise<Omit<Cloud, 'close'>> {
  const { dataDir, log } = options;
  const { store } = opened.adopt(openDataFolder(dataDir), (folder) => {
    folder.close();
  });
  const clock = opened.adopt(createClock({ store }), (made) => {
    made.close();
  });
  const faults = createFaults({ clock });
  const credentials = createCredentials();
  const fronts = await openFronts(options.port, opened);
  const { url: baseUrl } = fronts.main;

  const registry = new Map<string, AwsService>();
  let dispatcher: Dispatch = notReady;
  const dispatch: Dispatch = (service, call) => dispatcher(service, call);
  let isInvocationAlive = (_id: string) => true;
  let callOfInvocation: Meter['callOfInvocation'] = (_id, _operation, call) => call();
  const gateway = await createGateway({
    ...{ dispatch, services: registry, credentials, clock },
    isInvocationAlive: (id) => isInvocationAlive(id),
    callOfInvocation: (id, operation, call) => callOfInvocation(id, operation, call),
  });
  opened.defer(() => gateway.close());
  const simulators = await startSimulators(options.simulators ?? [], {
    ...{ dataDir, clock, log, opened },
    apiUrl: fronts.partners.url,
  });

  const { assembly, iam } = load(options, gateway.url, simulators.parameters);
  const meter = createMeter(assembly.resources);
  callOfInvocation = meter.callOfInvocation;
  const observe = (call: ObservedCall) => {
    meter.observe(call);
    options.observe?.(call);
  };
  dispatcher = createDispatcher({ services: registry, iam, faults, log, observe });
  const services = await createServices({
    ...{ resources: assembly.resources, clock, faults, store, dispatch, dataDir, region, accountId, log },
    compiledCodeDirectory: options.compiledCodeDirectory,
    ...{ registry, credentials, opened, gateway, baseUrl, metering: meter },
  });
  isInvocationAlive = (id) => services.functions.isInvocationAlive(id);

  const settled = async () => {
    await simulators.clocksSet();
    await waitUntilIdle(() => services.workers);
  };
  const door = new Door();
  const advance = (milliseconds: number) => door.closedWhile(() => clock.advance(milliseconds, settled));
  const { functions, stateMachines, userPools } = services;
  const outputs = () =>
    describeOutputs({ baseUrl, assembly, simulatorUrls: simulators.urls, clients: userPools.clients() });
  const local = createLocalEndpoints({
    ...{ outputs, clock, faults, advance, meter },
    serviceNames: () => [...registry.keys()],
    executions: () => stateMachines.executions(),
    execution: (id) => stateMachines.execution(id),
  });
  serveFronts(fronts, { local, door, services });
  opened.defer(async () => {
    fronts.main.refuse();
    fronts.partners.refuse();
    await letFinish(services, log);
  });
  services.start();
  void functions.warmUp();
  return {
    ...{ baseUrl, awsUrl: gateway.url, operatorCredentials: credentials.forOperator(), region },
    ...{ assembly, clock, faults, dispatch, outputs, advance, settled, meter },
  };
}

/**
 * The main port, and another one for simulators. What they tell belongs to the time at which they sign it: it does not
 * wait at the door, from which it would come too old.
 */
async function openFronts(port: number, opened: AsyncDisposableStack) {
  const main = await openFront(port, opened);
  return { main, partners: await openFront(anyFreePort, opened) };
}

interface Served {
  /** Answers whether the request was for it. */
  readonly local: ReturnType<typeof createLocalEndpoints>;
  readonly door: Door;
  readonly services: Awaited<ReturnType<typeof createServices>>;
}

function serveFronts(
  { main, partners }: Awaited<ReturnType<typeof openFronts>>,
  { local, door, services }: Served,
): void {
  main.serve(async (request, response) => {
    if (await local(request, response)) return;
    await door.pass();
    // Who has gone away while they waited must not have their request carried out, and could not be answered.
    if (!response.destroyed) services.serveHttp(request, response);
  });
  partners.serve((request, response) => {
    services.serveHttp(request, response);
    return Promise.resolve();
  });
}

/**
 * The first thing at the end, when nothing new comes in: what is under way may finish. What does not is taken up by the
 * next start, as after a kill.
 */
async function letFinish(
  { workers }: { readonly workers: readonly Worker[] },
  log: CloudOptions['log'],
): Promise<void> {
  await waitUntilIdle(() => workers, longestEndMilliseconds).catch(() => {
    log('ended while work was under way; the next start takes it up');
  });
}

const notReady: Dispatch = () =>
  Promise.reject(new AwsError('ServiceUnavailable', 'The embedded cloud is starting.', 503));

/** Reads the assembly and checks all of it before anything is made of it. */
function load(options: CloudOptions, queueUrlBase: string, parameters: Readonly<Record<string, string>>) {
  const { assemblyDirectory, stage, log } = options;
  const assembly = loadAssembly(assemblyDirectory, {
    ...{ region, accountId, queueUrlBase },
    parameters: { ...options.parameters, ...parameters },
    ...(stage === undefined ? {} : { stage }),
  });
  const iam = createIam(assembly.resources, { region, accountId });
  checkRolesInUse(assembly.resources, iam);
  tellInert(assembly, log);
  return { assembly, iam };
}

/** Says what of the template has no effect here. */
function tellInert({ inert }: Assembly, log: (line: string) => void): void {
  const counts = new Map<string, number>();
  for (const { type } of inert) counts.set(type, (counts.get(type) ?? 0) + 1);
  const list = [...counts].map(([type, count]) => `${count} ${type}`).join(', ');
  if (list !== '') log(`accepted, without effect on this machine: ${list}`);
}
