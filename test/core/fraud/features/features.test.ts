import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FraudEvent, PaymentEvent } from '../../../../core/fraud/features/events.ts';
import type { FeatureState } from '../../../../core/fraud/features/features.ts';
import {
  featureNames,
  features,
  featureSchemaHash,
  newState,
  ratioOf,
  update,
} from '../../../../core/fraud/features/features.ts';

const start = 20_000;
const payment = (at: number, amount: number, changes: Partial<PaymentEvent> = {}): PaymentEvent => ({
  ...{ kind: 'payment', at: start + at, amount, card: 'card', buyer: 'buyer', device: 'device', address: 'address' },
  ...{ countriesDiffer: false, byGiftCard: false },
  ...changes,
});
const fraudKnown = (at: number, ratio = 1, amount = 5000): FraudEvent => ({
  ...{ kind: 'fraud_known', at: start + at, ratio, amount },
});
/** An event that is no payment is one of the usual payment. */
const updated = (state: FeatureState, event: FraudEvent) =>
  update(state, event, event.kind === 'payment' ? event : payment(0, 0));
const after = (...events: readonly FraudEvent[]) => events.reduce(updated, newState(start));
const named = (state: ReturnType<typeof newState>, event: PaymentEvent) =>
  Object.fromEntries(features(state, event).map((value, index) => [featureNames[index] ?? '', value]));

const event = fc.record({
  isFraudKnown: fc.boolean(),
  after: fc.double({ min: 0, max: 40, noNaN: true }),
  amount: fc.integer({ min: 1, max: 10_000_000 }),
  ratio: fc.double({ min: 0, max: 100, noNaN: true }),
});

describe('the features of a payment', () => {
  test('are one for each name, finite whatever happened, and the same after the state was stored', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (steps) => {
        let at = 0;
        let state = newState(start);
        for (const { isFraudKnown, after: days, amount, ratio } of steps) {
          at += days;
          state = updated(state, isFraudKnown ? fraudKnown(at, ratio, amount) : payment(at, amount));
        }
        const asked = payment(at + 1, 4200);
        const vector = features(state, asked);
        expect(vector).toHaveLength(featureNames.length);
        expect(vector.filter((value) => !Number.isFinite(value))).toEqual([]);
        expect(features(structuredClone(state), asked)).toEqual(vector);
      }),
    );
  });

  test('tell an amount that is unusual for its card', () => {
    const state = after(...Array.from({ length: 20 }, (_, day) => payment(day, 2000)));
    expect(ratioOf(state, payment(20, 2000))).toBeCloseTo(1, 0);
    expect(named(state, payment(20, 10_000))['amount_ratio']).toBeGreaterThan(4);
    // One payment far above does not make the next look usual.
    expect(ratioOf(updated(state, payment(20, 100_000)), payment(21, 10_000))).toBeGreaterThan(3.5);
    expect(named(updated(state, payment(20, 100_000)), payment(20.5, 2000))['card_high_amounts']).toBeGreaterThan(0.9);
  });

  test('tell sellers at whom frauds became known, and how long ago', () => {
    const state = after(payment(0.5, 5000), payment(0.5, 5000), fraudKnown(1), fraudKnown(3));
    expect(named(state, payment(6, 5000))).toMatchObject({
      seller_days_since_first_fraud: 5,
      seller_days_since_last_fraud: 3,
      seller_genuine_since_fraud: 0,
    });
    const another = updated(state, fraudKnown(50));
    expect(named(another, payment(52, 5000))).toMatchObject({ seller_days_since_first_fraud: 2 });
  });

  test('tell frauds of usual amounts from those that their amount explains', () => {
    const explained = named(after(fraudKnown(1, 5)), payment(1, 5000));
    const unexplained = named(after(fraudKnown(1, 1)), payment(1, 5000));
    expect([explained['seller_usual_frauds_7d'], unexplained['seller_usual_frauds_7d']]).toEqual([0, 1]);
  });

  test('take payments for genuine seven days after their day', () => {
    const state = after(payment(0.1, 5000), payment(0.9, 5000), payment(1.5, 5000));
    const genuineAt = (at: number) => named(state, payment(at, 5000))['seller_genuine_since_fraud'];
    expect([7.4, 7.5, 8.4, 8.5].map(genuineAt)).toEqual([0, 2, 2, 3]);
    const share = (at: number) => named(updated(state, fraudKnown(7)), payment(at, 5000))['seller_risk_25d'] ?? NaN;
    expect(share(7.1)).toBeGreaterThan(share(8));
    // One by one or at once: what a seller is remembered by depends on days alone.
    expect(named(updated(state, payment(20, 5000)), payment(21, 5000))['seller_genuine_since_fraud']).toBe(3);
  });

  test('tell many cards from one device, address or buyer within a day', () => {
    const burst = Array.from({ length: 6 }, (_, index) => payment(index / 1440, 300, { card: `card-${index}` }));
    const told = named(after(...burst), payment(7 / 1440, 300, { card: 'card-7' }));
    expect(told).toMatchObject({ device_other_cards: 6, address_other_cards_1d: 6, buyer_days_with_card: -1 });
    expect(told['device_payments_20m']).toBeGreaterThan(4);
    // On the next day they are remembered, two days later they are forgotten.
    const later = (at: number) => named(after(...burst), payment(at, 300, { card: 'card-7' }));
    expect(later(1.2)).toMatchObject({ device_other_cards: 6, address_other_cards_1d: 0 });
    expect(later(2)).toMatchObject({ device_other_cards: 0 });
  });

  test('tell a device that is new to a card from one that it has long paid from', () => {
    const state = after(payment(0, 2000), payment(10, 2000));
    expect(named(state, payment(20, 2000))).toMatchObject({ card_days_with_device: 20 });
    expect(named(state, payment(20, 2000, { device: 'another' }))).toMatchObject({ card_days_with_device: -1 });
    expect(named(newState(start), payment(0, 2000))).toMatchObject({ card_days_with_device: 0 });
  });

  test('tell declines of the hour, of the card and of where they came from', () => {
    const declined = after(payment(0, 2000), { kind: 'decline', at: start });
    expect(named(declined, payment(0, 2000))).toMatchObject({ card_declines_1h: 1, device_declines_1h: 1 });
  });

  test('say nothing of a card, buyer, device or address that is not known', () => {
    const unknown = { card: '', buyer: '', device: '', address: '' };
    const told = named(after(payment(0, 2000, unknown)), payment(1, 2000, unknown));
    const ofSources = Object.entries(told).filter(([name]) => /^(card|buyer|device|address)_/u.test(name));
    expect(ofSources.map(([, value]) => value)).toEqual(ofSources.map(() => 0));
  });

  test('remember so little of anybody that it stands in an item below a kilobyte', () => {
    let state = newState(start);
    for (let index = 0; index < 50; index += 1)
      state = updated(state, payment(index / 100, 123_456, { card: `card-${index}-of-11`, device: `device-${index}` }));
    for (const profile of [state.card, state.seller, state.buyer, state.address])
      expect(JSON.stringify(profile).length).toBeLessThan(1024);
  });

  test('have a hash that names them', () => {
    expect(featureSchemaHash).toMatch(/^[0-9a-f]{16}$/u);
    expect(new Set(featureNames).size).toBe(featureNames.length);
  });
});
