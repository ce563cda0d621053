import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { askModel, assess } from '../../core/fraud/assess.ts';
import { defaultCosts } from '../../core/fraud/decide.ts';
import { features, featureSchemaHash, newState, update } from '../../core/fraud/features/features.ts';
import type { PaymentEvent } from '../../core/fraud/features/events.ts';
import { parseModelFile } from '../../core/fraud/model/fraud-model.ts';
import { defaultLimits } from '../../core/fraud/rules.ts';

const text = readFileSync('model/shipped-model.json', 'utf8');
const model = parseModelFile(text, featureSchemaHash);
const noon = 20_780.5;
const usual: PaymentEvent = {
  ...{ kind: 'payment', at: noon, amount: 4200, card: 'card', buyer: 'buyer', device: 'device', address: 'address' },
  ...{ countriesDiffer: false, byGiftCard: false },
};

/** The assessment of a payment after others. */
function assessed(payment: PaymentEvent, before: readonly PaymentEvent[]) {
  const state = before.reduce((known, each) => update(known, each, payment), newState(noon));
  const facts = {
    ...{ amount: BigInt(payment.amount), currency: 'EUR', billingCountry: 'DE', shippingCountry: 'DE' },
    ...{ cardAttempts: 1, addressAttempts: 1, deviceAttempts: 1, cardDeclines: 0 },
  };
  const settings = { limits: defaultLimits, costs: defaultCosts };
  return assess(facts, askModel(model, features(state, payment)), settings, 0);
}

describe('the shipped model', () => {
  test('is small', () => {
    expect(brotliCompressSync(text).length).toBeLessThan(200_000);
  });

  test('approves newcomers, one after the other at the same seller, and buyers who come back', () => {
    const sold = Array.from({ length: 300 }, (_, index): PaymentEvent => ({ ...usual, at: noon + index / 10_000 }));
    const { seller } = sold.reduce((state, each) => update(state, each, each), newState(noon));
    for (const amount of [500, 1000, 4200, 12_000]) {
      const fresh = { ...newState(noon), seller };
      const { probability } = askModel(model, features(fresh, { ...usual, amount, at: noon + 0.05 }));
      expect([amount, probability < 0.05]).toEqual([amount, true]);
    }
    const regular = Array.from({ length: 10 }, (_, index): PaymentEvent => ({ ...usual, at: noon - 50 + index * 5 }));
    expect(assessed({ ...usual, at: noon + 3 }, regular)).toMatchObject({ decision: 'approve', reasons: [] });
  });

  test('doubts a dear payment from a new device with the card of somebody who pays little, and says why', () => {
    const regular = Array.from({ length: 10 }, (_, index): PaymentEvent => ({ ...usual, at: noon - 50 + index * 5 }));
    const { decision, reasons, score } = assessed(
      { ...usual, at: noon, amount: 60_000, device: 'another', address: 'elsewhere' },
      regular,
    );
    expect(decision).not.toBe('approve');
    expect(score).toBeGreaterThan(0.1);
    expect(reasons.map(({ code }) => code)).toContain('amount_unusual');
  });

  test('declines the tenth stolen card that is tried on a device within minutes', () => {
    const tries = Array.from({ length: 9 }, (_, index): PaymentEvent => ({
      ...{ ...usual, at: noon + index / 1440, amount: 300 + index, card: `stolen-${index}`, buyer: `guest-${index}` },
    }));
    const state = tries.reduce((known, each) => {
      const { deviceBursts, address } = update(known, each, each);
      return { ...newState(noon), deviceBursts, address };
    }, newState(noon));
    const tenth = { ...usual, at: noon + 10 / 1440, amount: 350, card: 'stolen-10', buyer: 'guest-10' };
    const { probability, reasons } = askModel(model, features(state, tenth));
    expect(probability).toBeGreaterThan(0.5);
    expect(reasons.map(({ code }) => code)).toEqual(expect.arrayContaining(['device_velocity', 'address_velocity']));
  });
});
