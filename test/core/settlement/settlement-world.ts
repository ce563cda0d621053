import type { ExceptionKind } from '../../../core/exceptions/kinds.ts';
import type { SettlementLine } from '../../../core/payments/acquirer.ts';
import type { Reconciled } from '../../../core/settlement/reconcile-settlement.ts';
import { reconcileSettlement } from '../../../core/settlement/reconcile-settlement.ts';
import { fakeExceptionBook } from '../exceptions/fake-exception-book.ts';
import type { BookedMovement } from './fake-settlements.ts';
import { fakeAcquirer, fakeBook, fakeSettlementStore } from './fake-settlements.ts';

/** Our book, the acquirer's files and a clock; what clears late or never is told after three days. */
export function settlementWorld() {
  const movements = new Map<string, BookedMovement>();
  const files = new Map<string, readonly SettlementLine[] | Error>();
  const stored = fakeSettlementStore();
  const exceptions = fakeExceptionBook();
  const { sources, clearing, openDays } = fakeBook(movements);
  const { acquirer, open } = fakeAcquirer(files);
  const dependencies = {
    ...{ acquirer, sources, clearing, exceptions, store: stored.store },
    ...{ lateAfterHours: 12, unclearedAfterDays: 3 },
  };
  return {
    ...stored,
    ...{ movements, files, exceptions, dependencies, openFiles: open, openDays },
    book: (...booked: readonly BookedMovement[]) => {
      for (const each of booked) movements.set(each.reference, each);
    },
    run: (at: string, isTimeLeft: () => boolean = () => true): Promise<Reconciled> =>
      reconcileSettlement(dependencies, new Date(at), isTimeLeft),
    /** What the acquirer owes by our book, less what was settled of it. */
    clearingLeft: (currency = 'EUR') =>
      [...movements.values()]
        .filter((each) => each.state === 'succeeded' && each.currency === currency)
        .reduce((sum, { net }) => sum + net, 0n) + stored.balance('processor_clearing', currency),
    /** The kinds of the exceptions that are open, or that are not. */
    kinds: (state: 'open' | 'resolved'): readonly ExceptionKind[] =>
      [...exceptions.exceptions.values()]
        .filter(({ resolvedAt }) => (resolvedAt === undefined) === (state === 'open'))
        .map(({ kind }) => kind)
        .toSorted(),
  };
}
