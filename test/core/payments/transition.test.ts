import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutcomeContradictsBook, recordOutcome } from '../../../core/payments/record-outcome.ts';
import type { Outcome } from '../../../core/payments/transition.ts';
import { applyChange, transitionFor, transitionRules } from '../../../core/payments/transition.ts';
import { fakePaymentStore, noGiftCards, processingPayment } from './fakes.ts';

const now = new Date('2026-11-22T10:00:00.000Z');

const outcomes = fc.oneof(
  fc.constant<Outcome>({
    kind: 'approved',
    approvalCode: 'A',
    networkReference: 'N',
    expiresAt: '2026-11-29T10:00:00.000Z',
  }),
  fc.constantFrom<Outcome>({ kind: 'declined', code: 'do_not_honor' }, { kind: 'declined', code: 'lost_card' }),
  fc.constant<Outcome>({ kind: 'blocked' }),
  fc.constant<Outcome>({ kind: 'notSent', code: 'acquirer_unavailable' }),
  fc.constant<Outcome>({ kind: 'unknown' }),
  fc.constant<Outcome>({ kind: 'cancelled' }),
  fc.constant<Outcome>({ kind: 'reversalConfirmed' }),
);

describe('the transition table', () => {
  test('reaches every state from processing', () => {
    const reached = new Set<string>(['processing']);
    for (let before = 0; before !== reached.size;) {
      before = reached.size;
      for (const rule of transitionRules) if (reached.has(rule.from)) reached.add(rule.to);
    }
    expect([...reached].sort()).toEqual(['authorized', 'declined', 'failed', 'in_review', 'processing']);
  });

  test('has one answer for each state and outcome, in doubt or not', () => {
    const keys = transitionRules.map(({ from, outcome, isInDoubt }) => `${from} ${outcome} ${isInDoubt}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('leaves something due exactly while the outcome is open or an orphan may surface', () => {
    for (const [outcome, due] of [
      [{ kind: 'unknown' }, '2026-11-22T10:00:00.000Z'],
      [{ kind: 'cancelled' }, '2026-11-23T10:00:00.000Z'],
      [{ kind: 'declined', code: 'do_not_honor' }, undefined],
      [{ kind: 'blocked' }, undefined],
    ] satisfies [Outcome, string | undefined][]) {
      const decided = transitionFor(processingPayment(), outcome, undefined, now);
      expect(decided.kind === 'transition' && decided.transition.change.resolveAt).toBe(due);
    }
  });

  test('holds an authorization for seven days unless the acquirer says otherwise', () => {
    const outcome: Outcome = { kind: 'approved', approvalCode: 'A', networkReference: 'N' };
    const own = transitionFor(processingPayment(), outcome, undefined, now);
    expect(own).toMatchObject({ transition: { change: { authorizationExpiresAt: '2026-11-29T10:00:00.000Z' } } });
    const expiresAt = '2026-11-25T00:00:00.000Z';
    const told = transitionFor(processingPayment(), { ...outcome, expiresAt }, undefined, now);
    expect(told).toMatchObject({ transition: { change: { authorizationExpiresAt: expiresAt } } });
  });
});

describe('any history of outcomes, doubled and out of order', () => {
  test('keeps the book: versions without gaps, holds equal what is authorized, every entry balanced, the first word stands', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcomes, { maxLength: 12 }),
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        async (history, amount) => {
          const { store, payments, transitionsOf } = fakePaymentStore();
          const payment = processingPayment(amount);
          await store.open(payment);
          for (const outcome of history) {
            await recordOutcome({ payments: store, giftCards: noGiftCards }, payment.id, outcome, undefined, now).catch(
              (error: unknown) => {
                if (!(error instanceof OutcomeContradictsBook)) throw error;
              },
            );
          }
          const transitions = transitionsOf(payment.id);
          expect(transitions.map(({ version }) => version)).toEqual(transitions.map((_, index) => index + 2));
          const replayed = transitions.reduce((state, { change }) => applyChange(state, change), payment);
          expect(payments.get(payment.id)).toEqual(replayed);
          const held = transitions.flatMap(({ postings }) => postings).filter(({ account }) => account === 'auth_hold');
          expect(held.reduce((sum, posting) => sum + posting.amount, 0n)).toBe(replayed.amountAuthorized);
          expect(replayed.amountAuthorized).toBe(replayed.status === 'authorized' ? amount : 0n);
          expect(
            transitions.filter(({ from, to }) => from === 'processing' && to !== 'processing').length,
          ).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('recorded twice is recorded once', async () => {
    await fc.assert(
      fc.asyncProperty(outcomes, async (outcome) => {
        fc.pre(outcome.kind !== 'reversalConfirmed');
        const { store, transitionsOf } = fakePaymentStore();
        await store.open(processingPayment());
        const first = await recordOutcome(
          { payments: store, giftCards: noGiftCards },
          processingPayment().id,
          outcome,
          undefined,
          now,
        );
        const later = new Date(now.getTime() + 1000);
        expect(
          await recordOutcome(
            { payments: store, giftCards: noGiftCards },
            processingPayment().id,
            outcome,
            undefined,
            later,
          ),
        ).toEqual(first);
        expect(transitionsOf(processingPayment().id)).toHaveLength(1);
      }),
    );
  });

  test('an orphan check that is told again is recorded once, and never of a payment that was not cancelled', async () => {
    const confirmed: Outcome = { kind: 'reversalConfirmed' };
    const { store, transitionsOf } = fakePaymentStore();
    await store.open(processingPayment());
    await recordOutcome(
      { payments: store, giftCards: noGiftCards },
      processingPayment().id,
      { kind: 'cancelled' },
      undefined,
      now,
    );
    for (let time = 0; time < 3; time += 1)
      await recordOutcome(
        { payments: store, giftCards: noGiftCards },
        processingPayment().id,
        confirmed,
        undefined,
        now,
      );
    expect(transitionsOf(processingPayment().id).map(({ cause }) => cause)).toEqual(['cancelled', 'reversalConfirmed']);

    const other = fakePaymentStore();
    await other.store.open(processingPayment());
    const notSent: Outcome = { kind: 'notSent', code: 'acquirer_unavailable' };
    await recordOutcome(
      { payments: other.store, giftCards: noGiftCards },
      processingPayment().id,
      notSent,
      undefined,
      now,
    );
    await recordOutcome(
      { payments: other.store, giftCards: noGiftCards },
      processingPayment().id,
      confirmed,
      undefined,
      now,
    );
    expect(other.transitionsOf(processingPayment().id)).toHaveLength(1);
  });

  test('an approval that arrives after the payment failed is an alarm, not a change', async () => {
    const { store } = fakePaymentStore();
    await store.open(processingPayment());
    await recordOutcome(
      { payments: store, giftCards: noGiftCards },
      processingPayment().id,
      { kind: 'cancelled' },
      undefined,
      now,
    );
    const late: Outcome = { kind: 'approved', approvalCode: 'A', networkReference: 'N' };
    await expect(
      recordOutcome({ payments: store, giftCards: noGiftCards }, processingPayment().id, late, undefined, now),
    ).rejects.toThrow(OutcomeContradictsBook);
  });
});
