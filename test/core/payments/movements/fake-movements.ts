import type { Lot } from '../../../../core/lots/lot.ts';
import type { Acquirer } from '../../../../core/payments/acquirer.ts';
import { AcquirerOutcomeUnknown, AcquirerUnavailable } from '../../../../core/payments/acquirer.ts';
import type { CapturesAuthorizations, RefundsPayments } from '../../../../core/payments/acquirer.ts';
import type { CancelsByReference, LooksUpMovements } from '../../../../core/payments/acquirer.ts';
import { statusesFor } from '../../../../core/payments/movements/movement-rules.ts';
import type { Payment } from '../../../../core/payments/payment.ts';
import type { MovementStore } from '../../../../core/payments/ports.ts';
import { noPart } from '../../../../core/payments/tenders/tender-share.ts';
import { transitionFor } from '../../../../core/payments/transition.ts';
import { applyChange } from '../../../../core/payments/transition.ts';
import { fakePaymentStore, processingPayment } from '../fakes.ts';

/** The payments' store with movements and lots, by the same conditions as DynamoDB's, one write at a time. */
export function fakeMovementStore() {
  const { store, payments, reviews, transitionsOf } = fakePaymentStore();
  const lots = new Map<string, Lot>();
  const movements: MovementStore = {
    find: (paymentId) => store.find(paymentId),
    changeOf: (paymentId, version) => store.changeOf(paymentId, version),
    begin: (read, movement, now) => {
      const payment = payments.get(read.id);
      const remainder = movement.kind === 'refund' ? 'refundable' : 'capturable';
      const isLeft =
        payment && movement.taken === read[remainder]
          ? payment[remainder] === movement.taken
          : payment && payment[remainder] >= movement.taken;
      if (!payment || payment.movements[movement.id] || isLeft !== true) {
        return Promise.resolve({ kind: 'refused', payment });
      }
      const takesAll = movement.taken === read[remainder];
      const shares = payment.shares?.map((share, index) => {
        const { taken } = movement.parts?.[index] ?? noPart;
        return { ...share, [remainder]: share[remainder] - taken };
      });
      const isExact = takesAll && movement.kind !== 'refund';
      const hasParts =
        shares?.every((share, index) => {
          const isTaken = (movement.parts?.[index] ?? noPart).taken > 0n;
          return isExact ? share[remainder] === 0n : !isTaken || share[remainder] >= 0n;
        }) ?? true;
      if (!hasParts) return Promise.resolve({ kind: 'refused', payment });
      if (!statusesFor(movement.kind).includes(payment.status)) return Promise.resolve({ kind: 'refused', payment });
      const begun: Payment = {
        ...payment,
        [remainder]: payment[remainder] - movement.taken,
        ...(shares ? { shares } : {}),
        movements: { ...payment.movements, [movement.id]: movement },
        version: payment.version + 1,
        updatedAt: now.toISOString(),
      };
      payments.set(payment.id, begun);
      return Promise.resolve({ kind: 'begun', payment: begun });
    },
    lots: (ids) => Promise.resolve(ids.flatMap((id) => lots.get(id) ?? [])),
    recordMovement: async (transition) => {
      const holds = transition.lots.every((change) => {
        if (change.kind === 'open') return !lots.has(change.lot.id);
        const lot = lots.get(change.lotId);
        return lot !== undefined && lot.state === change.state && lot.remaining >= change.amount;
      });
      if (!holds || (await store.record(transition, undefined)) === 'changed') {
        return { kind: 'changed', payment: payments.get(transition.paymentId) };
      }
      for (const change of transition.lots) {
        if (change.kind === 'open') lots.set(change.lot.id, change.lot);
        else {
          const lot = lots.get(change.lotId);
          if (lot) lots.set(lot.id, { ...lot, remaining: lot.remaining - change.amount });
        }
      }
      return { kind: 'recorded' };
    },
  };
  return { movements, store, payments, reviews, transitionsOf, lots };
}

/** How the acquirer's next answer goes. */
export type Weather = 'clear' | 'drop_before' | 'drop_after' | 'unavailable';

type FakeAcquirer = Acquirer & CapturesAuthorizations & RefundsPayments & LooksUpMovements & CancelsByReference;

/** An acquirer with books of its own: caps, idempotent references, and lost answers on request. */
export function fakeAcquirer(authorized: bigint) {
  const book = new Map<string, { operation: 'capture' | 'refund'; amount: bigint; accepted: boolean }>();
  const state = { open: true, refunds: true, next: 'clear' as Weather };
  const sum = (operation: 'capture' | 'refund') =>
    [...book.values()]
      .filter((row) => row.accepted && row.operation === operation)
      .reduce((total, { amount }) => total + amount, 0n);
  const through = <T>(work: () => T): Promise<T> => {
    const weather = state.next;
    state.next = 'clear';
    if (weather === 'unavailable') return Promise.reject(new AcquirerUnavailable('no connection'));
    if (weather === 'drop_before') return Promise.reject(new AcquirerOutcomeUnknown('lost'));
    const answer = work();
    return weather === 'drop_after' ? Promise.reject(new AcquirerOutcomeUnknown('lost')) : Promise.resolve(answer);
  };
  const answerOf = (reference: string) => {
    const row = book.get(reference);
    if (!row) return { kind: 'notFound' } as const;
    return row.accepted
      ? ({ kind: 'accepted', networkReference: `n-${reference}` } as const)
      : ({ kind: 'refused', code: 'processing_error' } as const);
  };
  const move = (operation: 'capture' | 'refund', reference: string, amount: bigint, fits: () => boolean) => {
    if (!book.has(reference)) book.set(reference, { operation, amount, accepted: fits() });
    const answer = answerOf(reference);
    if (answer.kind === 'notFound') throw new Error('it was just written');
    return answer;
  };
  const acquirer: FakeAcquirer = {
    name: 'fake',
    authorize: () => Promise.reject(new Error('not used')),
    capture: ({ reference, amount, isFinal }) =>
      through(() => {
        const answer = move('capture', reference, amount, () => state.open && sum('capture') + amount <= authorized);
        if (answer.kind === 'accepted' && isFinal) state.open = false;
        return answer;
      }),
    refund: ({ reference, amount }) =>
      through(() => move('refund', reference, amount, () => state.refunds && sum('refund') + amount <= sum('capture'))),
    lookUpMovement: (reference) => through(() => answerOf(reference)),
    cancel: () =>
      through(() => {
        state.open = false;
        return { kind: 'cancelled' } as const;
      }),
  };
  return {
    ...{ acquirer, book, sum },
    setWeather: (weather: Weather) => (state.next = weather),
    /** From now on every new refund is refused, as by an acquirer that knows of a dispute. */
    refuseRefunds: () => {
      state.refunds = false;
    },
  };
}

/** A payment that was authorized at ten, for seven days. */
export function authorizedPayment(amount: bigint, now: Date): Payment {
  const opened = processingPayment(amount);
  const approved = {
    kind: 'approved',
    approvalCode: 'A',
    networkReference: 'N',
    expiresAt: new Date(now.getTime() + 7 * 86_400_000).toISOString(),
  } as const;
  const decided = transitionFor(opened, approved, undefined, now);
  if (decided.kind !== 'transition') throw new Error('an approval of an open payment is a transition');
  return applyChange(opened, decided.transition.change);
}
