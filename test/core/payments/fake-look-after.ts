import type { Payment } from '../../../core/payments/payment.ts';
import type { PaymentsToLookAfter } from '../../../core/payments/ports.ts';

/** Payments by the conditions of DynamoDB's store, one write at a time. */
export function fakePaymentsToLookAfter(all: readonly Payment[]) {
  const book = new Map(all.map((payment) => [payment.id, payment]));
  let change: (() => void) | undefined;
  const payments: PaymentsToLookAfter = {
    findAll: (ids) => Promise.resolve(ids.flatMap((id) => book.get(id) ?? [])),
    lookAt: (read, at) => {
      change?.();
      change = undefined;
      const payment = book.get(read.id);
      if (read.resolveAt !== undefined && read.resolveAt <= at) return Promise.resolve(true);
      if (payment?.version !== read.version) return Promise.resolve(false);
      const datesGiven = (payment.datesGiven ?? 0) + 1;
      book.set(read.id, { ...payment, resolveAt: at, version: payment.version + 1, datesGiven });
      return Promise.resolve(true);
    },
  };
  return {
    payments,
    book,
    /** Happens once, between the next read and its write. */
    meanwhile: (work: () => void) => {
      change = work;
    },
  };
}
