import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import * as z from 'zod';
import { createDispatcher } from '../../../local/gateway/dispatcher.ts';
import { createGateway } from '../../../local/gateway/gateway.ts';
import type { Gateway } from '../../../local/gateway/gateway.ts';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import { createClock } from '../../../local/kernel/clock.ts';
import type { Clock } from '../../../local/kernel/clock.ts';
import type { Faults } from '../../../local/kernel/faults.ts';
import { parseJsonObject } from '../../../local/kernel/json.ts';
import type { AwsService, Call, JsonObject, Resource, ServiceOptions } from '../../../local/kernel/service.ts';
import { openStore } from '../../../local/kernel/store.ts';

export const region = 'eu-central-1';
export const accountId = '000000000000';

/** Faults of which a test switches on what it needs by replacing `deliver`. */
export function noFaults(): Faults {
  return {
    add: () => undefined,
    clear: () => undefined,
    list: () => [],
    before: () => Promise.resolve(),
    after: () => Promise.resolve(),
    deliver: (_service, batch) => ({ delivered: batch, dropped: [] }),
  };
}

export interface Cloud {
  readonly options: ServiceOptions & { faults: Faults };
  readonly clock: Clock;
  /** Every call that passed the dispatcher, in order. */
  readonly calls: { readonly service: string; readonly call: Call }[];
  readonly lines: string[];
  /** Makes a service reachable for the dispatcher. */
  add(service: Pick<AwsService, 'name' | 'handle' | 'busy' | 'close'>): void;
  /** Moves the clock on, with all services drained between its timers. */
  advance(milliseconds: number): Promise<void>;
  /** Waits until no service is busy. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What the services share, on a folder of its own (or a given one), with a dispatcher that passes everything. */
export function givenCloud(resources: readonly Resource[], dataDir = temporaryFolder()): Cloud {
  mkdirSync(dataDir, { recursive: true });
  const store = openStore(join(dataDir, 'store.db'));
  const clock = createClock({ store });
  const services = new Map<string, Pick<AwsService, 'name' | 'handle' | 'busy' | 'close'>>();
  const calls: { service: string; call: Call }[] = [];
  const lines: string[] = [];
  const faults = noFaults();
  const settled = (): Promise<void> =>
    eventually(() => [...services.values()].every((service) => service.busy?.() !== true), 'the services are idle');
  return {
    options: {
      ...{ resources, clock, store, dataDir, region, accountId, faults },
      log: (line) => lines.push(line),
      dispatch: async (service, call) => {
        calls.push({ service, call });
        const found = services.get(service);
        if (found === undefined) throw new Error(`There is no service ${service}`);
        return found.handle(call);
      },
    },
    clock,
    calls,
    lines,
    add: (service) => services.set(service.name, service),
    advance: (milliseconds) => clock.advance(milliseconds, settled),
    settled,
    close: async () => {
      for (const service of services.values()) await service.close?.();
      clock.close();
      store.close();
    },
  };
}

/** A function of the template, and a Lambda that runs `handler` for every call. */
export function givenLambda(handler: (payload: JsonObject, call: Call) => unknown) {
  return {
    name: 'lambda',
    handle: async (call: Call): Promise<JsonObject> => {
      const payload = parseJsonObject(z.string().parse(call.input['Payload']), 'payload');
      try {
        const answer = JSON.stringify((await handler(payload, call)) ?? null);
        return call.input['InvocationType'] === 'Event' ? { StatusCode: 202 } : { StatusCode: 200, Payload: answer };
      } catch (error) {
        if (error instanceof AwsError) throw error;
        const body = JSON.stringify({ errorType: 'Error', errorMessage: String(error) });
        return { StatusCode: 200, FunctionError: 'Unhandled', Payload: body };
      }
    },
  };
}

/** A resource as local/assembly would hand it over. */
export function resource(
  type: string,
  logicalId: string,
  properties: JsonObject,
  ids: { physicalId?: string; arn?: string } = {},
): Resource {
  const physicalId = ids.physicalId ?? `Stack-${logicalId}`;
  return { stack: 'Stack', logicalId, type, properties, physicalId, arn: ids.arn ?? physicalId };
}

export function queueResource(logicalId: string, properties: JsonObject = {}): Resource {
  const name = `Stack-${logicalId}`;
  return resource('AWS::SQS::Queue', logicalId, properties, {
    physicalId: `https://sqs.${region}.amazonaws.com/${accountId}/${name}`,
    arn: `arn:aws:sqs:${region}:${accountId}:${name}`,
  });
}

export function functionResource(logicalId: string): Resource {
  const name = `Stack-${logicalId}`;
  return resource(
    'AWS::Lambda::Function',
    logicalId,
    { Role: `arn:aws:iam::${accountId}:role/${name}Role` },
    { physicalId: name, arn: `arn:aws:lambda:${region}:${accountId}:function:${name}` },
  );
}

/** Serves services through the real gateway, where every caller is the operator. */
export async function serve(clock: Clock, ...services: readonly AwsService[]): Promise<Gateway> {
  const byName = new Map(services.map((service) => [service.name, service]));
  return createGateway({
    dispatch: createDispatcher({
      services: byName,
      iam: { evaluate: () => ({ allowed: true }) },
      faults: noFaults(),
      log: () => undefined,
    }),
    services: byName,
    credentials: { callerOf: () => ({ kind: 'operator' }) },
    clock,
  });
}

/** What an SDK client is made with. */
export function clientConfiguration({ url }: Gateway) {
  return { endpoint: url, region, credentials: { accessKeyId: 'LOCAL', secretAccessKey: 'local' }, maxAttempts: 1 };
}

/** Waits for a condition, for at most `timeoutMilliseconds`. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMilliseconds = 15_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMilliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`It did not come about that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is deleted when the test file has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-test-'));
  folders.push(folder);
  return folder;
}

/** A value that has to be text. */
export function text(value: unknown): string {
  return z.string().parse(value);
}
