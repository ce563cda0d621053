import type { DecayedSums } from './decayed-sums.ts';
import { addTo, noSums, valuesAt } from './decayed-sums.ts';
import type { LabelEvent, PaymentEvent } from './events.ts';

/** What is remembered of a seller: how often they are paid, and what became known of those payments. */
export interface SellerProfile {
  readonly sums: DecayedSums;
  /** When the first and the last fraud of the present series became known; days since the Unix epoch. */
  readonly firstFraudAt: number;
  readonly lastFraudAt: number;
  /** How many payments became known as genuine since. */
  readonly genuineSince: number;
}

/** Half-lives in days of: payments (a day, a week, a month), known frauds and known genuine payments (of each three), frauds of usual amounts. */
const scale = { halfLives: [1, 5, 20, 2, 2, 7, 7, 25, 25, 7, 25], daysPerEpoch: 100 } as const;

/** After so many days without one, the next known fraud begins another series. */
const seriesEndsAfter = 30;
/** A fraud of no more than this is not explained by its amount; what is left to explain it is the seller. */
const usual = { ratio: 2.5, amount: 22_000 };
/** Days; of what never happened or is long over. */
const longAgo = 60;

/** A seller who was never paid. */
export function newSeller(at: number): SellerProfile {
  const never = Number.NEGATIVE_INFINITY;
  return { sums: noSums(at, scale), firstFraudAt: never, lastFraudAt: never, genuineSince: 0 };
}

export function sellerAfterPayment(profile: SellerProfile, { at }: PaymentEvent): SellerProfile {
  return { ...profile, sums: addTo(profile.sums, scale, at, [1, 1, 1]) };
}

/** The seller after a payment to them became known as fraud or as genuine. */
export function sellerAfterLabel(profile: SellerProfile, event: LabelEvent): SellerProfile {
  const { at, isFraud, ratio, amount } = event;
  const fraud = isFraud ? 1 : 0;
  const ofUsualAmount = isFraud && ratio < usual.ratio && amount <= usual.amount ? 1 : 0;
  const known = [fraud, 1 - fraud];
  const contributions = [0, 0, 0, ...known, ...known, ...known, ofUsualAmount, ofUsualAmount];
  const sums = addTo(profile.sums, scale, at, contributions);
  if (!isFraud) return { ...profile, sums, genuineSince: profile.genuineSince + 1 };
  const continues = at - profile.lastFraudAt < seriesEndsAfter;
  return {
    sums,
    firstFraudAt: continues ? profile.firstFraudAt : at,
    lastFraudAt: at,
    genuineSince: 0,
  };
}

/** What is known of a seller at a time. */
export function sellerFeatures(profile: SellerProfile, { at }: PaymentEvent): readonly number[] {
  const [c1 = 0, c5 = 0, c20 = 0, f2 = 0, g2 = 0, f7 = 0, g7 = 0, f25 = 0, g25 = 0, usual7 = 0, usual25 = 0] = valuesAt(
    profile.sums,
    scale,
    at,
  );
  const share = (frauds: number, genuine: number) => frauds / (frauds + genuine + 0.5);
  return [
    ...[c1, c5, c20, f2, f7, f25],
    ...[share(f2, g2), share(f7, g7), share(f25, g25)],
    ...[usual7, usual25],
    Math.min(longAgo, at - profile.firstFraudAt),
    Math.min(longAgo, at - profile.lastFraudAt),
    Math.min(longAgo, profile.genuineSince),
  ];
}

export const sellerFeatureNames = [
  ...['seller_count_1d', 'seller_count_5d', 'seller_count_20d'],
  ...['seller_frauds_2d', 'seller_frauds_7d', 'seller_frauds_25d'],
  ...['seller_risk_2d', 'seller_risk_7d', 'seller_risk_25d'],
  ...['seller_usual_frauds_7d', 'seller_usual_frauds_25d'],
  'seller_days_since_first_fraud',
  'seller_days_since_last_fraud',
  'seller_genuine_since_fraud',
] as const;
