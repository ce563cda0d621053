import { roughEuroCents } from '../money/rough-euros.ts';

/** What a wrong decision costs, and a person's look at a payment, in euros. */
export interface DecisionCosts {
  /** What a chargeback costs besides its amount. */
  readonly chargebackFeeEuros: number;
  /** What is lost of an honest payment that is declined: a share of it, and what the buyer would have bought next. */
  readonly marginBasisPoints: number;
  readonly goodwillEuros: number;
  /** What a person's look costs. */
  readonly reviewEuros: number;
  /** Of the frauds that people look at, the share that they see. */
  readonly reviewCatches: number;
  /** How many payments people can look at within a day. */
  readonly reviewsPerDay: number;
}

export const defaultCosts: DecisionCosts = {
  ...{ chargebackFeeEuros: 20, marginBasisPoints: 2500, goodwillEuros: 10 },
  ...{ reviewEuros: 4, reviewCatches: 0.85, reviewsPerDay: 200 },
};

export type Decision = 'approve' | 'review' | 'decline';

/** What each decision is expected to cost, in euros (Elkan: The Foundations of Cost-Sensitive Learning, 2001). */
export function expectedCosts(
  probability: number,
  { amount, currency }: { readonly amount: bigint; readonly currency: string },
  costs: DecisionCosts,
): Readonly<Record<Decision, number>> {
  const worth = roughEuroCents(amount, currency) / 100;
  const ofFraud = probability * (worth + costs.chargebackFeeEuros);
  return {
    approve: ofFraud,
    review: costs.reviewEuros + (1 - costs.reviewCatches) * ofFraud,
    decline: (1 - probability) * (worth * (costs.marginBasisPoints / 10_000) + costs.goodwillEuros),
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
