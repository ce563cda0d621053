import { currencyExponent } from '../money/currencies.ts';

/** What a wrong decision costs, and a person's look at a payment. */
export interface DecisionCosts {
  /** What a chargeback costs besides its amount, in major units of whatever currency. */
  readonly chargebackFeeMajorUnits: number;
  /** What is lost of an honest payment that is declined: a share of it, and in major units what the buyer would have bought next. */
  readonly marginBasisPoints: number;
  readonly goodwillMajorUnits: number;
  /** What a person's look costs, in major units of whatever currency. */
  readonly reviewMajorUnits: number;
  /** Of the frauds that people look at, the share that they see. */
  readonly reviewCatches: number;
  /** How many payments people can look at within a day. */
  readonly reviewsPerDay: number;
}

export const defaultCosts: DecisionCosts = {
  ...{ chargebackFeeMajorUnits: 20, marginBasisPoints: 2500, goodwillMajorUnits: 10 },
  ...{ reviewMajorUnits: 4, reviewCatches: 0.85, reviewsPerDay: 200 },
};

export type Decision = 'approve' | 'review' | 'decline';

/** What each decision is expected to cost, in major units of the payment's currency (Elkan: The Foundations of Cost-Sensitive Learning, 2001). */
export function expectedCosts(
  probability: number,
  { amount, currency }: { readonly amount: bigint; readonly currency: string },
  costs: DecisionCosts,
): Readonly<Record<Decision, number>> {
  const worth = Number(amount) / 10 ** currencyExponent(currency);
  const ofFraud = probability * (worth + costs.chargebackFeeMajorUnits);
  return {
    approve: ofFraud,
    review: costs.reviewMajorUnits + (1 - costs.reviewCatches) * ofFraud,
    decline: (1 - probability) * (worth * (costs.marginBasisPoints / 10_000) + costs.goodwillMajorUnits),
  };
}

/**
 * The decision that is expected to cost least; of equals the mildest. Where people have no time left today, they are not asked.
 * In: the probability of fraud, the payment's amount, the costs, and how many reviews have begun today.
 */
export function decideByCost(
  probability: number,
  payment: { readonly amount: bigint; readonly currency: string },
  costs: DecisionCosts,
  reviewsToday: number,
): Decision {
  const { approve, review, decline } = expectedCosts(probability, payment, costs);
  const askPeople = reviewsToday < costs.reviewsPerDay ? review : Number.POSITIVE_INFINITY;
  if (approve <= Math.min(askPeople, decline)) return 'approve';
  return askPeople <= decline ? 'review' : 'decline';
}
