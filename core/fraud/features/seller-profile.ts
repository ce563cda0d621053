import type { DecayedSums } from './decayed-sums.ts';
import { addTo, noSums, valuesAt } from './decayed-sums.ts';
import type { FraudEvent, FraudKnownEvent, PaymentEvent } from './events.ts';

/** What is remembered of a seller: how often they are paid, and what became known of those payments. */
export interface SellerProfile {
  readonly sums: DecayedSums;
  /** When the first and the last fraud of the present series became known; days since the Unix epoch. */
  readonly firstFraudAt: number;
  readonly lastFraudAt: number;
  /** How many payments are taken for genuine since. */
  readonly genuineSince: number;
  /** Days whose payments are too young to be taken for genuine, the oldest first. */
  readonly young: readonly YoungDay[];
}

/** How many payments a day had; days since the Unix epoch. */
interface YoungDay {
  readonly day: number;
  readonly payments: number;
}

/** Half-lives in days of: payments (a day, a week, a month), known frauds and payments taken for genuine (of each three), frauds of usual amounts. */
const scale = { halfLives: [1, 5, 20, 2, 2, 7, 7, 25, 25, 7, 25], daysPerEpoch: 100 } as const;

/** After so many days without one, the next known fraud begins another series. */
const seriesEndsAfter = 30;
/** A fraud of no more than this is not explained by its amount; what is left to explain it is the seller. */
const usual = { ratio: 2.5, amount: 22_000 };
/** Days; of what never happened or is long over. */
const longAgo = 60;

/** A payment of which nobody complained for so many days is taken for genuine: most who were robbed have noticed by then. */
export const genuineAfterDays = 7;

/** A seller who was never paid. */
export function newSeller(at: number): SellerProfile {
  const never = Number.NEGATIVE_INFINITY;
  return { sums: noSums(at, scale), firstFraudAt: never, lastFraudAt: never, genuineSince: 0, young: [] };
}

/** What a seller is remembered by after an event of one of their payments. */
export function sellerAfter(profile: SellerProfile, event: FraudEvent): SellerProfile {
  switch (event.kind) {
    case 'payment':
      return afterPayment(profile, event);
    case 'decline':
      return profile;
    case 'fraud_known':
      return afterFraud(profile, event);
  }
}

function afterPayment(profile: SellerProfile, { at }: PaymentEvent): SellerProfile {
  const { young, ...aged } = ripened(profile, at);
  const day = Math.floor(at);
  const payments = 1 + (young.find((each) => each.day === day)?.payments ?? 0);
  return {
    ...aged,
    sums: addTo(aged.sums, scale, at, [1, 1, 1]),
    young: [...young.filter((each) => each.day !== day), { day, payments }],
  };
}

function afterFraud(profile: SellerProfile, event: FraudKnownEvent): SellerProfile {
  const { at, ratio, amount } = event;
  const { lastFraudAt, firstFraudAt, sums, young } = ripened(profile, at);
  const ofUsualAmount = ratio < usual.ratio && amount <= usual.amount ? 1 : 0;
  return {
    sums: addTo(sums, scale, at, [0, 0, 0, 1, 0, 1, 0, 1, 0, ofUsualAmount, ofUsualAmount]),
    firstFraudAt: at - lastFraudAt < seriesEndsAfter ? firstFraudAt : at,
    lastFraudAt: at,
    genuineSince: 0,
    young,
  };
}

/** As of a time: days that are old enough by then have become payments taken for genuine. */
function ripened(profile: SellerProfile, at: number): SellerProfile {
  // Of a day as a whole, in its middle.
  const ripeAt = ({ day }: YoungDay) => day + 0.5 + genuineAfterDays;
  return profile.young
    .filter((each) => ripeAt(each) <= at)
    .reduce(
      (aged, day) => ({
        ...aged,
        sums: addTo(aged.sums, scale, ripeAt(day), [0, 0, 0, 0, day.payments, 0, day.payments, 0, day.payments]),
        genuineSince: aged.genuineSince + day.payments,
        young: aged.young.filter((each) => each !== day),
      }),
      profile,
    );
}

/** What is known of a seller at a time. */
export function sellerFeatures(profile: SellerProfile, { at }: PaymentEvent): readonly number[] {
  const aged = ripened(profile, at);
  const [c1 = 0, c5 = 0, c20 = 0, f2 = 0, g2 = 0, f7 = 0, g7 = 0, f25 = 0, g25 = 0, usual7 = 0, usual25 = 0] = valuesAt(
    aged.sums,
    scale,
    at,
  );
  // Frauds were taken for genuine too, unless they became known sooner.
  const share = (frauds: number, old: number) => frauds / (Math.max(frauds, old) + 0.5);
  return [
    ...[c1, c5, c20, f2, f7, f25],
    ...[share(f2, g2), share(f7, g7), share(f25, g25)],
    ...[usual7, usual25],
    Math.min(longAgo, at - aged.firstFraudAt),
    Math.min(longAgo, at - aged.lastFraudAt),
    Math.min(longAgo, aged.genuineSince),
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
