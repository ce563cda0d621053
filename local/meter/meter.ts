import type { ObservedCall } from '../gateway/dispatcher.ts';
import type { Metering } from '../kernel/metering.ts';
import type { Resource } from '../kernel/service.ts';
import { readTables } from '../dynamodb/tables.ts';
import { toMeteredTable } from './dynamodb-metering.ts';
import { ExpressExecutions } from './express.ts';
import { Invocations, declaredOutsideMilliseconds } from './invocations.ts';
import { ItemCalls } from './item-calls.ts';
import { knownOn, listPrices, notCounted, region } from './list-prices.ts';
import { perMillion, priceOf } from './prices.ts';
import type { Usage } from './prices.ts';
import { ProcessorTime } from './processor-time.ts';
import { ServiceCalls } from './service-calls.ts';
import { Tally, others } from './tally.ts';

export interface Meter extends Metering {
  /** Sees every AWS call, when it has ended. */
  observe(call: ObservedCall): void;
  /** What was counted since the last reset. `per` names what its price is to be divided by: a route and a status. */
  report(per?: string): MeterReport;
  reset(): void;
}

/** API Gateway charges each 512 KB of an HTTP API's request as one. */
const requestChunkBytes = 512 * 1024;
/** CloudWatch adds these to each event: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const logEventBytes = 26;
const gigabyte = 1024 ** 3;

/**
 * Counts what AWS would charge for what this cloud does, and prices it. It keeps sums alone, so that its memory does
 * not grow with what it has seen, and starts at nothing with every process.
 */
export function createMeter(resources: readonly Resource[]): Meter {
  const parts = {
    tables: describeTables(resources),
    services: new ServiceCalls(resources),
    items: new ItemCalls(),
    invocations: new Invocations(resources),
    express: new ExpressExecutions(),
    transitions: new Tally<{ name: string; transitions: number }>(() => ({ name: others, transitions: 0 })),
    answers: new Tally<RouteSums>(() => ({ route: others, status: 0, requests: 0, charged: 0 })),
    processor: new ProcessorTime(),
  };
  let small = { scheduled: 0, logEvents: 0, logBytes: 0, since: Date.now() };

  return {
    observe: (call) => {
      parts.services.observe(call);
    },
    itemsCharged: (call) => {
      parts.items.add(call);
    },
    invocation: (name, id, waitedFor) => parts.invocations.begin(name, id, waitedFor),
    callOfInvocation: (id, operation, call) => parts.invocations.callOf(id, operation, call),
    express: (machine, input) => parts.express.begin(machine, input),
    transition: (stateMachineArn) => {
      const name = stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1);
      parts.transitions.of(name, () => ({ name, transitions: 0 })).transitions += 1;
    },
    scheduled: () => {
      small.scheduled += 1;
    },
    logged: (line) => {
      small.logEvents += 1;
      small.logBytes += Buffer.byteLength(line) + logEventBytes;
    },
    answered: ({ route, status, bytes }) => {
      const sums = parts.answers.of(`${route} ${status}`, () => ({ route, status, requests: 0, charged: 0 }));
      sums.requests += 1;
      sums.charged += Math.max(1, Math.ceil(bytes / requestChunkBytes));
    },
    functionsUsed: (microseconds) => {
      parts.processor.addFunctions(microseconds);
    },
    databaseProcess: (find) => {
      parts.processor.findDatabase = find;
    },
    report: (per) => report(parts, small, per),
    reset: () => {
      const { tables: _, ...counting } = parts;
      for (const part of Object.values(counting)) part.clear();
      small = { scheduled: 0, logEvents: 0, logBytes: 0, since: Date.now() };
    },
  };
}

export type MeterReport = ReturnType<typeof report>;

interface RouteSums {
  readonly route: string;
  readonly status: number;
  requests: number;
  charged: number;
}

interface Parts {
  readonly tables: ReturnType<typeof describeTables>;
  readonly services: ServiceCalls;
  readonly items: ItemCalls;
  readonly invocations: Invocations;
  readonly express: ExpressExecutions;
  readonly transitions: Tally<{ name: string; transitions: number }>;
  readonly answers: Tally<RouteSums>;
  readonly processor: ProcessorTime;
}

interface Small {
  readonly scheduled: number;
  readonly logEvents: number;
  readonly logBytes: number;
  readonly since: number;
}

function report(parts: Parts, small: Small, per: string | undefined) {
  const usage = usageOf(parts, small);
  const dollars = priceOf(usage);
  const units = parts.answers.list().filter(({ route, status }) => `${route} ${status}` === per);
  const count = units.reduce((sum, { requests }) => sum + requests, 0);
  return {
    since: new Date(small.since).toISOString(),
    seconds: (Date.now() - small.since) / 1000,
    declared: { outsideCallMilliseconds: declaredOutsideMilliseconds },
    calls: parts.services.report(),
    items: {
      readUnits: usage.dynamoDbReadUnits,
      writeUnits: usage.dynamoDbWriteUnits,
      calls: parts.items.report(),
      tables: parts.tables,
    },
    functions: parts.invocations.report(),
    expressWorkflows: parts.express.report(),
    standardWorkflows: parts.transitions.list(),
    routes: parts.answers.list(),
    logs: { events: small.logEvents, bytes: small.logBytes },
    processor: parts.processor.report(),
    usage,
    dollars,
    ...(per === undefined ? {} : { perMillion: { of: per, count, dollars: perMillion(dollars, count) } }),
    prices: { region, knownOn, list: listPrices, notCounted },
  };
}

/** The tables whose items were counted, so that the same calls can be made to tables of the same shape elsewhere. */
function describeTables(resources: readonly Resource[]) {
  return readTables(resources).map((table) => {
    const { name, keys, indexes } = toMeteredTable(table);
    return {
      ...{ name, keys },
      streamView: table.definition.StreamSpecification?.StreamViewType,
      indexes: indexes.map(({ attributes, ...index }) => ({
        ...index,
        attributes: attributes === 'all' ? attributes : [...attributes],
      })),
    };
  });
}

function usageOf(
  { services: { charged }, items, invocations, express, transitions, answers }: Parts,
  small: Small,
): Usage {
  return {
    dynamoDbWriteUnits: items.units('write'),
    dynamoDbReadUnits: items.units('read'),
    dynamoDbStreamReads: charged.streamReads,
    lambdaRequests: invocations.requests(),
    lambdaArmGigabyteSeconds: invocations.gigabyteSeconds('arm64'),
    lambdaX86GigabyteSeconds: invocations.gigabyteSeconds('x86_64'),
    expressRequests: express.requests(),
    expressGigabyteHours: express.gigabyteHours(),
    standardTransitions: transitions.total((each) => each.transitions),
    kmsRequests: charged.kmsRequests,
    kmsAsymmetricRequests: charged.kmsAsymmetricRequests,
    httpApiRequests: answers.total((each) => each.charged),
    eventBridgeEvents: charged.events,
    schedulerInvocations: small.scheduled,
    sqsRequests: charged.sqsRequests,
    logGigabytes: small.logBytes / gigabyte,
  };
}
