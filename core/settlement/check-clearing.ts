import { exceptionId } from '../exceptions/exception.ts';
import type { ExceptionBook } from '../exceptions/ports.ts';
import { recordException } from '../exceptions/record-exception.ts';
import type { ClearingBook, SettlementStore } from './ports.ts';
import type { ClearingMovement, OverdueMovement } from './settlement.ts';
import { settledKey } from './settlement.ts';

export interface CheckClearingDependencies {
  readonly clearing: ClearingBook;
  readonly store: Pick<SettlementStore, 'settled' | 'watch' | 'watched' | 'unwatch'>;
  readonly exceptions: ExceptionBook;
}

/**
 * Looks whether what moved on a day was settled.
 *
 * Primary course:
 * 1. The day's movements by our book are looked for among what was settled.
 * 2. What was not is remembered, and becomes an exception.
 *
 * Twice is once. Answers how many exceptions are new, or undefined when the time was over: then the day is looked at again.
 */
export async function checkClearing(
  { clearing, store, exceptions }: CheckClearingDependencies,
  day: string,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<number | undefined> {
  let opened = 0;
  for await (const movements of clearing.movementsOf(day)) {
    if (!isTimeLeft()) return undefined;
    const settled = await store.settled(movements.map(settledKey));
    for (const movement of movements.filter((each) => !settled.has(settledKey(each)))) {
      // Remembered first: what is remembered and has no exception yet gets one by the next run.
      await store.watch({ ...movement, day });
      opened += await tell(exceptions, { ...movement, day }, now);
    }
  }
  return opened;
}

/** Resolves the exceptions of what was settled late; what was not has one. Answers how many are new. */
export async function watchClearing(
  { store, exceptions }: Omit<CheckClearingDependencies, 'clearing'>,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<number> {
  let opened = 0;
  for await (const page of store.watched()) {
    if (!isTimeLeft()) return opened;
    const settled = await store.settled(page.map(settledKey));
    for (const movement of page) {
      if (settled.has(settledKey(movement))) {
        await exceptions.resolve(exceptionId('clearing_overdue', settledKey(movement)), now.toISOString());
        await store.unwatch(movement);
      } else opened += await tell(exceptions, movement, now);
    }
  }
  return opened;
}

async function tell(exceptions: ExceptionBook, movement: OverdueMovement, now: Date): Promise<number> {
  const { reference, paymentId, day, operation } = movement;
  const { kind } = await recordException(
    exceptions,
    {
      kind: 'clearing_overdue',
      cause: [settledKey(movement)],
      expected: { operation, day, ...netFacts(movement) },
      found: { state: 'not settled' },
      reference,
      paymentId,
    },
    now,
  );
  return kind === 'opened' ? 1 : 0;
}

function netFacts({ net, currency }: ClearingMovement) {
  return { net: net.toString(), currency };
}
