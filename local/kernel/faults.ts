import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import { conflictError, internalError, throttlingError, unavailableError } from './injected-errors.ts';
import { seededRandom } from './random.ts';

/** The faults that POST /_local/faults accepts (../shared/design.md, decision 13). */
export const faultKinds = [
  'error_before',
  'error_after',
  'conflict',
  'throttle',
  'delay',
  'duplicate',
  'reorder',
  'drop',
  'blackout',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  /** An AwsService's name, or `*`. */
  readonly service: string;
  /** An API operation, `deliver` for what a service hands to its consumers, or `*`. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** The share of calls that meet it, 0 to 1, drawn from `seed`. */
  readonly rate?: number;
  /** Every nth call meets it. */
  readonly nth?: number;
  readonly seed?: number;
  /** When it ends, RFC 3339, by the cloud's clock. */
  readonly until?: string;
  readonly delayMilliseconds?: number;
}

export interface ListedFault extends Fault {
  /** How many calls or items have met it: a check that ran without one has shown nothing. */
  readonly met: number;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  list(): readonly ListedFault[];
  /** Called by the dispatcher before a call is carried out; throws AwsError or waits. */
  before(service: string, operation: string, input: unknown): Promise<void>;
  /** Called by the dispatcher after a call was carried out; throws when its answer is to be lost. */
  after(service: string, operation: string): Promise<void>;
  /**
   * What a service really hands to a consumer (stream records, bus events): some doubled, dropped or in another
   * order. A dropped delivery is one that the service must try again as AWS would, or send to its dead-letter queue.
   */
  deliver<T>(
    service: string,
    batch: readonly T[],
  ): { readonly delivered: readonly T[]; readonly dropped: readonly T[] };
}

interface ActiveFault {
  readonly fault: Fault;
  /** Whether the next call that it fits meets it; counts and draws. */
  readonly meets: () => boolean;
  readonly met: () => number;
  /** Draws for the shuffling of deliveries. */
  readonly random: () => number;
}

/** Without a `delayMilliseconds` of its own a delay takes so long: more than any healthy call, less than any time-out. */
const usualDelayMilliseconds = 1000;

/**
 * Faults as the operator orders them. Each fault counts and draws for itself, from its own seed, over the calls that
 * it fits, so that the same calls in the same order meet the same faults. They are forgotten when the process ends.
 */
export function createFaults({ clock }: { readonly clock: Pick<Clock, 'now'> }): Faults {
  let active: readonly ActiveFault[] = [];

  const inForce = () => {
    if (active.length === 0) return active;
    const now = clock.now();
    active = active.filter(({ fault }) => fault.until === undefined || Date.parse(fault.until) > now);
    return active;
  };

  const fitting = (service: string, operation: string, kinds: ReadonlySet<FaultKind>) =>
    inForce().filter(
      ({ fault }) =>
        kinds.has(fault.kind) &&
        fits(fault.service, service) &&
        (fault.kind === 'blackout' || fits(fault.operation, operation)),
    );

  return {
    add: (fault) => {
      active = [...active, activate(fault)];
    },
    clear: () => {
      active = [];
    },
    list: () => inForce().map(({ fault, met }) => ({ ...fault, met: met() })),
    before: async (service, operation, input) => {
      for (const { fault, meets } of fitting(service, operation, kindsBefore)) {
        if (fault.kind === 'conflict') {
          // Only what can conflict is counted: every second write, not every second call.
          const conflict = conflictError(service, operation, input);
          if (conflict && meets()) throw conflict;
        } else if (meets()) await strike(fault, service);
      }
    },
    after: (service, operation) => {
      const lost = fitting(service, operation, kindsAfter).filter(({ meets }) => meets()).length > 0;
      return lost ? Promise.reject(internalError()) : Promise.resolve();
    },
    deliver: (service, batch) => {
      const faults = fitting(service, 'deliver', kindsOfDelivery);
      return faults.length === 0 ? { delivered: batch, dropped: [] } : distort(batch, faults);
    },
  };
}

const kindsBefore: ReadonlySet<FaultKind> = new Set(['error_before', 'conflict', 'throttle', 'delay', 'blackout']);
const kindsAfter: ReadonlySet<FaultKind> = new Set(['error_after']);
const kindsOfDelivery: ReadonlySet<FaultKind> = new Set(['duplicate', 'reorder', 'drop']);

function fits(wanted: string, name: string): boolean {
  return wanted === '*' || wanted === name;
}

function activate(fault: Fault): ActiveFault {
  const random = seededRandom(fault.seed ?? 1);
  let calls = 0;
  let met = 0;
  const isNext = () => {
    calls += 1;
    // A blackout has no gaps: it ends by `until` alone.
    if (fault.kind === 'blackout') return true;
    if (fault.nth !== undefined) return calls % fault.nth === 0;
    return fault.rate === undefined || random() < fault.rate;
  };
  const meets = () => {
    const next = isNext();
    if (next) met += 1;
    return next;
  };
  return { fault, meets, met: () => met, random };
}

/** Does to a call what a fault says, before the call is carried out. */
async function strike(fault: Fault, service: string): Promise<void> {
  switch (fault.kind) {
    case 'error_before':
      throw internalError();
    case 'throttle':
      throw throttlingError(service);
    case 'blackout':
      throw unavailableError(service);
    case 'delay':
      // In real time: a slow network is slow against the caller's own time-outs, which run in real time too.
      await sleep(fault.delayMilliseconds ?? usualDelayMilliseconds);
      return;
    case 'conflict':
    case 'error_after':
    case 'duplicate':
    case 'reorder':
    case 'drop':
      return;
  }
}

/** Applies the delivery faults item by item; a reordered batch is shuffled as a whole. */
function distort<T>(
  batch: readonly T[],
  faults: readonly ActiveFault[],
): { delivered: readonly T[]; dropped: readonly T[] } {
  let delivered: readonly T[] = batch;
  const dropped: T[] = [];
  for (const { fault, meets, random } of faults) {
    if (fault.kind === 'reorder') {
      if (meets()) delivered = shuffle(delivered, random);
    } else {
      delivered = delivered.flatMap((item) => {
        if (!meets()) return [item];
        if (fault.kind === 'duplicate') return [item, item];
        dropped.push(item);
        return [];
      });
    }
  }
  return { delivered, dropped };
}

/** By random keys; a batch of two or more that came out as it was is turned around, so that the fault is seen. */
function shuffle<T>(batch: readonly T[], random: () => number): readonly T[] {
  const keyed = batch.map((item, index) => ({ item, index, key: random() }));
  const shuffled = keyed.toSorted((left, right) => left.key - right.key);
  const unchanged = shuffled.every(({ index }, position) => index === position);
  return (unchanged ? shuffled.toReversed() : shuffled).map(({ item }) => item);
}
