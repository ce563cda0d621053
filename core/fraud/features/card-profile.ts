import type { DecayedSums } from './decayed-sums.ts';
import { addTo, noSums, valuesAt } from './decayed-sums.ts';
import type { PaymentEvent } from './events.ts';

/** What is remembered of a card: how often and for how much it pays. */
export interface CardProfile {
  readonly sums: DecayedSums;
  /** When it last paid, in days since the Unix epoch. */
  readonly lastAt: number;
}

/** Half-lives in days of: payments and amounts (of each a day, a week, a month), winsorised payments and amounts, payments far above, known frauds. */
const halfLives = [1, 1, 5, 5, 20, 20, 30, 30, 8, 15] as const;

/** An amount counts towards the mean with so many times the mean at most: one fraud does not make the next look usual. */
const winsorisedAt = 2;
/** Of a payment that is far above what the card pays. */
const highRatio = 2.5;
/** Until so much was seen of a card, its mean leans towards what cards pay: minor units, and weight in payments. */
const prior = { amount: 5000, payments: 1 };

/** A card that never paid. */
export function newCard(at: number): CardProfile {
  return { sums: noSums(at, halfLives), lastAt: Number.NEGATIVE_INFINITY };
}

/** What the card usually pays. */
function usualAmount(values: readonly number[]): number {
  const [count = 0, amount = 0] = [values[6], values[7]];
  return (amount + prior.amount * prior.payments) / (count + prior.payments);
}

/** How many times what the card usually pays this payment is. */
export function amountRatio(profile: CardProfile, { at, amount }: PaymentEvent): number {
  return amount / usualAmount(valuesAt(profile.sums, halfLives, at));
}

/** The card after a payment. */
export function cardAfterPayment(profile: CardProfile, event: PaymentEvent): CardProfile {
  const { at, amount } = event;
  const usual = usualAmount(valuesAt(profile.sums, halfLives, at));
  const winsorised = Math.min(amount, usual * winsorisedAt);
  const isHigh = amount > usual * highRatio ? 1 : 0;
  const contributions = [1, amount, 1, amount, 1, amount, 1, winsorised, isHigh, 0];
  return { sums: addTo(profile.sums, halfLives, at, contributions), lastAt: at };
}

/** The card after one of its payments became known as fraud or as genuine. */
export function cardAfterLabel(profile: CardProfile, at: number, isFraud: boolean): CardProfile {
  if (!isFraud) return profile;
  return { ...profile, sums: addTo(profile.sums, halfLives, at, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]) };
}

/** What a payment looks like beside the card's others. */
export function cardFeatures(profile: CardProfile, event: PaymentEvent): readonly number[] {
  const values = valuesAt(profile.sums, halfLives, event.at);
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
    Math.min(60, event.at - profile.lastAt),
  ];
}

export const cardFeatureNames = [
  ...['card_count_1d', 'card_count_5d', 'card_count_20d'],
  ...['card_mean_1d', 'card_mean_5d', 'card_mean_20d'],
  'card_usual_amount',
  'amount_ratio',
  'card_high_amounts',
  'card_known_frauds',
  'card_days_since_last',
] as const;
