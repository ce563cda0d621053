import type { Scored } from '../../../../core/fraud/scored.ts';
import { awaitDecision } from '../../../../core/fraud/reviews/await-decision.ts';
import { claimReview } from '../../../../core/fraud/reviews/claim-review.ts';
import { decideReview } from '../../../../core/fraud/reviews/decide-review.ts';
import { endReview } from '../../../../core/fraud/reviews/end-review.ts';
import type { ReviewStore } from '../../../../core/fraud/reviews/ports.ts';
import type { Review, ReviewVerdict } from '../../../../core/fraud/reviews/review.ts';
import { reviewId } from '../../../../core/fraud/reviews/review.ts';
import { defaultSettings } from '../../../../core/fraud/settings.ts';
import { finishMovements } from '../../../../core/payments/movements/finish-movements.ts';
import { movePayment } from '../../../../core/payments/movements/move-payment.ts';
import type { MovementRequest } from '../../../../core/payments/movements/begin-movement.ts';
import type { Payment } from '../../../../core/payments/payment.ts';
import { recordOutcome } from '../../../../core/payments/record-outcome.ts';
import type { Outcome } from '../../../../core/payments/transition.ts';
import { noGiftCards, platform, processingPayment } from '../../payments/fakes.ts';
import { fakeAcquirer, fakeMovementStore } from '../../payments/movements/fake-movements.ts';

export const now = new Date('2026-11-22T10:00:00.000Z');
export const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);

export const inDoubt: Scored = {
  assessment: {
    ...{ score: 0.4, decision: 'review', decidedBy: 'model' },
    reasons: [{ code: 'amount_unusual', text: 'The amount is unusual' }],
  },
};
export const approved = {
  kind: 'approved',
  approvalCode: 'A',
  networkReference: 'N',
  expiresAt: later(7 * 24).toISOString(),
} as const;

interface Given {
  readonly changes?: Partial<Payment>;
  readonly outcome?: Outcome;
  readonly reviewDefault?: ReviewVerdict;
}

/** A payment whose approval was in doubt, with the steps of its review over a store with DynamoDB's promises. */
export async function givenReview({ changes = {}, outcome = approved, reviewDefault = 'decline' }: Given = {}) {
  const world = fakeMovementStore();
  const payment: Payment = { ...processingPayment(4200n), ...changes };
  await world.store.open(payment);
  await recordOutcome({ payments: world.store, giftCards: noGiftCards }, payment.id, outcome, inDoubt, now);
  const acquirer = fakeAcquirer(payment.amount);
  const movers = { store: world.movements, acquirer: acquirer.acquirer, giftCards: noGiftCards };
  const id = reviewId(payment.id);
  const store = reviewStore(world);
  const settings = { read: () => Promise.resolve({ settings: { ...defaultSettings, reviewDefault }, version: 1 }) };
  let requests = 0;
  return {
    ...{ ...world, ...acquirer, id, payment, reviewStore: store },
    current: () => world.payments.get(payment.id) ?? payment,
    review: () => world.reviews.get(id),
    decide: (by: string, verdict: ReviewVerdict, at = now) =>
      decideReview(store, { reviewId: id, verdict, reason: 'looked', by }, at),
    claim: (by: string, at = now) => claimReview(store, id, by, at),
    end: (at: Date) => endReview({ store, settings }, payment.id, at),
    wait: (token: string) => awaitDecision(store, id, token, now),
    finish: (at = now) => finishMovements(movers, payment.id, at),
    ask: (kind: MovementRequest['kind'], at = now) => {
      requests += 1;
      const request = { principal: platform, paymentId: payment.id, kind, isFinal: false };
      return movePayment(movers, { ...request, idempotencyKey: `${requests}`, requestId: `${requests}` }, at);
    },
  };
}

function reviewStore({ store, payments, reviews }: ReturnType<typeof fakeMovementStore>): ReviewStore {
  const isNext = (review: Review) => reviews.get(review.id)?.version === review.version - 1;
  return {
    find: (reviewId_) => Promise.resolve(reviews.get(reviewId_)),
    findPayment: (paymentId) => Promise.resolve(payments.get(paymentId)),
    write: (review) => {
      if (!isNext(review)) return Promise.resolve('changed');
      reviews.set(review.id, review);
      return Promise.resolve('written');
    },
    record: async (transition, review) => {
      if (!isNext(review)) return 'changed';
      const recorded = await store.record(transition, undefined);
      if (recorded === 'recorded') reviews.set(review.id, review);
      return recorded;
    },
  };
}
