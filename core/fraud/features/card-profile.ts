import type { DecayedSums } from './decayed-sums.ts';
import { addTo, noSums, valuesAt } from './decayed-sums.ts';
import type { FraudEvent, PaymentEvent } from './events.ts';
import type { Seen } from './recently-seen.ts';
import { knownFor, see } from './recently-seen.ts';

/** What is remembered of a card over weeks: how often and for how much it pays, and from which devices. */
export interface CardProfile {
  readonly sums: DecayedSums;
  readonly devices: readonly Seen[];
  /** When it last paid, in days since the Unix epoch. */
  readonly lastAt: number;
}

/** Half-lives in days of: payments and amounts (of each a day, a week, a month), winsorised payments and amounts, payments far above, known frauds. */
const scale = { halfLives: [1, 1, 5, 5, 20, 20, 30, 30, 8, 15], daysPerEpoch: 100 } as const;

/** An amount counts towards the mean with so many times the mean at most: one fraud does not make the next look usual. */
const winsorisedAt = 2;
/** Of a payment that is far above what the card pays. */
const highRatio = 2.5;
/** Until so much was seen of a card, its mean leans towards what cards pay: minor units, and weight in payments. */
const prior = { amount: 5000, payments: 1 };

/** A card that never paid. */
export function newCard(at: number): CardProfile {
  return { sums: noSums(at, scale), devices: [], lastAt: Number.NEGATIVE_INFINITY };
}

/** What the card usually pays. */
function usualAmount(values: readonly number[]): number {
  const [count = 0, amount = 0] = [values[6], values[7]];
  return (amount + prior.amount * prior.payments) / (count + prior.payments);
}

/** How many times what the card usually pays this payment is. */
export function amountRatio(profile: CardProfile, { at, amount }: PaymentEvent): number {
  return amount / usualAmount(valuesAt(profile.sums, scale, at));
}

/** What a card is remembered by after an event of one of its payments. */
export function cardAfter(profile: CardProfile, event: FraudEvent): CardProfile {
  switch (event.kind) {
    case 'payment':
      return afterPayment(profile, event);
    case 'decline':
      return profile;
    case 'fraud_known':
      return { ...profile, sums: addTo(profile.sums, scale, event.at, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]) };
  }
}

function afterPayment(profile: CardProfile, event: PaymentEvent): CardProfile {
  const { at, amount, device } = event;
  const usual = usualAmount(valuesAt(profile.sums, scale, at));
  const winsorised = Math.min(amount, usual * winsorisedAt);
  const isHigh = amount > usual * highRatio ? 1 : 0;
  const contributions = [1, amount, 1, amount, 1, amount, 1, winsorised, isHigh, 0];
  return {
    sums: addTo(profile.sums, scale, at, contributions),
    devices: device === '' ? profile.devices : see(profile.devices, device, at),
    lastAt: at,
  };
}

/** What a payment looks like beside the card's others. */
export function cardFeatures(profile: CardProfile, event: PaymentEvent): readonly number[] {
  const values = valuesAt(profile.sums, scale, event.at);
  const [count1 = 0, sum1 = 0, count5 = 0, sum5 = 0, count20 = 0, sum20 = 0, , , high = 0, frauds = 0] = values;
  const usual = usualAmount(values);
  const mean = (sum: number, count: number) => (count > 1e-9 ? sum / count : 0);
  return [
    ...[count1, count5, count20],
    ...[mean(sum1, count1), mean(sum5, count5), mean(sum20, count20)],
    usual,
    event.amount / usual,
    high,
    frauds,
    Math.min(longKnown, event.at - profile.lastAt),
    daysWithDevice(profile, event),
  ];
}

/** Days; older is as good as old. */
const longKnown = 60;

/** For how long the card has paid from this device: below zero for a new one, and 0 where there is nothing to compare it with. */
function daysWithDevice({ devices }: CardProfile, { device, at }: PaymentEvent): number {
  if (device === '' || devices.length === 0) return 0;
  return Math.min(longKnown, knownFor(devices, device, at));
}

export const cardFeatureNames = [
  ...['card_count_1d', 'card_count_5d', 'card_count_20d'],
  ...['card_mean_1d', 'card_mean_5d', 'card_mean_20d'],
  'card_usual_amount',
  'amount_ratio',
  'card_high_amounts',
  'card_known_frauds',
  'card_days_since_last',
  'card_days_with_device',
] as const;
