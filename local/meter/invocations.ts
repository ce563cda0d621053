import * as z from 'zod';
import type { Measured, OutsideCalls } from '../kernel/metering.ts';
import type { Resource } from '../kernel/service.ts';
import { Tally, others } from './tally.ts';
import type { Wait } from './waits.ts';
import { callFor, waiterOf } from './waits.ts';

/**
 * What a call to the world outside AWS is priced with at least: the median that an acquirer takes. A simulator on this
 * machine answers at once, and would flatter the price of all who wait for it.
 */
export const declaredOutsideMilliseconds = 300;

interface FunctionSums {
  readonly name: string;
  readonly memoryMegabytes: number;
  readonly architecture: 'arm64' | 'x86_64';
  invocations: number;
  failed: number;
  /** As measured on this machine. */
  milliseconds: number;
  outsideCalls: number;
  /** With the declared times, each invocation rounded up to a millisecond. */
  pricedMilliseconds: number;
}

const properties = z.object({
  MemorySize: z.coerce.number().default(128),
  Architectures: z.array(z.enum(['arm64', 'x86_64'])).default(['x86_64']),
});

const none: OutsideCalls = { count: 0, milliseconds: 0 };

/** Invocations of functions: their number and durations, and what their durations are priced with. */
export class Invocations {
  readonly #settings: ReadonlyMap<string, Pick<FunctionSums, 'memoryMegabytes' | 'architecture'>>;
  readonly #sums = new Tally<FunctionSums>(() => this.#newSums(others));
  /** The invocations under way, by id, to find who waits for a call. */
  readonly #underWay = new Map<string, Wait>();

  constructor(resources: readonly Resource[]) {
    const functions = resources.filter(({ type }) => type === 'AWS::Lambda::Function');
    this.#settings = new Map(functions.map((resource) => [resource.physicalId, settingsOf(resource)]));
  }

  begin(functionName: string, id: string, waitedFor: boolean): Measured {
    const waiter = waitedFor ? waiterOf('Invoke') : undefined;
    const own: Wait = { addedMilliseconds: 0 };
    this.#underWay.set(id, own);
    const startedAt = performance.now();
    return {
      end: ({ failed, outside = none }) => {
        this.#underWay.delete(id);
        const milliseconds = performance.now() - startedAt;
        own.addedMilliseconds += Math.max(0, outside.count * declaredOutsideMilliseconds - outside.milliseconds);
        if (waiter) waiter.addedMilliseconds += own.addedMilliseconds;
        const sums = this.#sums.of(functionName, () => this.#newSums(functionName));
        sums.invocations += 1;
        sums.failed += failed ? 1 : 0;
        sums.milliseconds += milliseconds;
        sums.outsideCalls += outside.count;
        sums.pricedMilliseconds += Math.max(1, Math.ceil(milliseconds + own.addedMilliseconds));
      },
    };
  }

  callOf<T>(id: string | undefined, operation: string, call: () => Promise<T>): Promise<T> {
    return callFor(id === undefined ? undefined : this.#underWay.get(id), operation, call);
  }

  requests(): number {
    return this.#sums.total(({ invocations }) => invocations);
  }

  gigabyteSeconds(architecture: FunctionSums['architecture']): number {
    return this.#sums.total((sums) => (sums.architecture === architecture ? gigabyteSecondsOf(sums) : 0));
  }

  report() {
    return this.#sums.list().map((sums) => ({ ...sums, gigabyteSeconds: gigabyteSecondsOf(sums) }));
  }

  clear(): void {
    this.#sums.clear();
  }

  #newSums(name: string): FunctionSums {
    const settings = this.#settings.get(name) ?? { memoryMegabytes: 128, architecture: 'x86_64' as const };
    return { name, ...settings, invocations: 0, failed: 0, milliseconds: 0, outsideCalls: 0, pricedMilliseconds: 0 };
  }
}

function settingsOf(resource: Resource): Pick<FunctionSums, 'memoryMegabytes' | 'architecture'> {
  const { MemorySize, Architectures } = properties.parse(resource.properties);
  return { memoryMegabytes: MemorySize, architecture: Architectures[0] ?? 'x86_64' };
}

function gigabyteSecondsOf({ memoryMegabytes, pricedMilliseconds }: FunctionSums): number {
  return (memoryMegabytes / 1024) * (pricedMilliseconds / 1000);
}
