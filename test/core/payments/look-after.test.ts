import { describe, expect, test } from '@jest/globals';
import { isLeftBehind, lookAfterPayments } from '../../../core/payments/look-after.ts';
import type { Payment } from '../../../core/payments/payment.ts';
import { fakePaymentsToLookAfter } from './fake-look-after.ts';
import { processingPayment } from './fakes.ts';
import { authorizedPayment } from './movements/fake-movements.ts';

const now = new Date('2026-11-22T10:00:00.000Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

function opened(id: string, changes: Partial<Payment> = {}): Payment {
  const { resolveAt: _notYet, ...payment } = processingPayment();
  return { ...payment, id, createdAt: now.toISOString(), ...changes };
}

function withMovement(id: string, state: 'pending' | 'succeeded', begunAt: Date): Payment {
  const movement = {
    ...({ id: 'cap_1', kind: 'capture', amount: 1n, taken: 1n, isFinal: false, state } as const),
    ...{ requestHash: 'r', begunBy: 'b', begunAt: begunAt.toISOString() },
  };
  return { ...authorizedPayment(4200n, now), id, movements: { [movement.id]: movement } };
}

describe('a payment is left behind', () => {
  test('when its opening or a movement has not ended once nobody can be at it any more', () => {
    expect([29, 30, 3600].map((seconds) => isLeftBehind(opened('pay_1'), later(seconds)))).toEqual([false, true, true]);
    const moving = withMovement('pay_1', 'pending', later(600));
    expect([629, 630].map((seconds) => isLeftBehind(moving, later(seconds)))).toEqual([false, true]);
  });

  test('not once its outcome is known, or known to be unknown, or its movement has ended', () => {
    expect(isLeftBehind(opened('pay_1', { outcomeWasUnknown: true }), later(3600))).toBe(false);
    expect(isLeftBehind(authorizedPayment(4200n, now), later(3600))).toBe(false);
    expect(isLeftBehind(withMovement('pay_1', 'succeeded', now), later(3600))).toBe(false);
  });
});

describe('looking after payments', () => {
  test('gives a date to what was left behind and leaves all others alone, the second time too', async () => {
    const { payments, book } = fakePaymentsToLookAfter([
      opened('pay_dead'),
      withMovement('pay_moving', 'pending', now),
      withMovement('pay_captured', 'succeeded', now),
      opened('pay_young', { createdAt: later(59).toISOString() }),
    ]);
    const ids = [...book.keys(), 'pay_unheard_of'];
    for (let time = 0; time < 2; time += 1) {
      expect(await lookAfterPayments(payments, ids, later(60))).toEqual(['pay_dead', 'pay_moving']);
    }
    const dates = [...book.values()].map(({ id, resolveAt, version }) => [id, resolveAt, version]);
    expect(dates).toEqual([
      ['pay_dead', later(60).toISOString(), 2],
      ['pay_moving', later(60).toISOString(), 3],
      ['pay_captured', undefined, 2],
      ['pay_young', undefined, 1],
    ]);
  });

  test('looks again at a payment that changed meanwhile: it may have ended, or be left behind still', async () => {
    const ended = fakePaymentsToLookAfter([withMovement('pay_1', 'pending', now)]);
    ended.meanwhile(() => ended.book.set('pay_1', { ...withMovement('pay_1', 'succeeded', now), version: 3 }));
    await lookAfterPayments(ended.payments, ['pay_1'], later(60));
    expect(ended.book.get('pay_1')).not.toHaveProperty('resolveAt');

    const still = fakePaymentsToLookAfter([withMovement('pay_1', 'pending', now)]);
    still.meanwhile(() => still.book.set('pay_1', { ...withMovement('pay_1', 'pending', now), version: 7 }));
    await lookAfterPayments(still.payments, ['pay_1'], later(60));
    expect(still.book.get('pay_1')).toMatchObject({ resolveAt: later(60).toISOString(), version: 8 });
  });

  test('brings a later date forward, and keeps an earlier one', async () => {
    const expiry = later(7 * 86_400).toISOString();
    const { payments, book } = fakePaymentsToLookAfter([
      { ...withMovement('pay_1', 'pending', now), resolveAt: expiry },
      { ...withMovement('pay_2', 'pending', now), resolveAt: later(30).toISOString() },
    ]);
    await lookAfterPayments(payments, ['pay_1', 'pay_2'], later(60));
    expect([...book.values()].map(({ resolveAt }) => resolveAt)).toEqual([
      later(60).toISOString(),
      later(30).toISOString(),
    ]);
  });
});
