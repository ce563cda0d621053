import { currencyExponent } from '../money/currencies.ts';
import type { FraudFeatures, FraudReason, FraudReasonCode, FraudScorer } from './assessment.ts';

/** One honest rule: when it applies, it adds its weight to the score and its words to the reasons. */
interface Rule {
  readonly code: FraudReasonCode;
  readonly weight: number;
  readonly applies: (features: FraudFeatures, limits: FraudLimits) => boolean;
  readonly text: (limits: FraudLimits) => string;
}

/** Per hour unless named otherwise. Card testers try many times within minutes; honest people do not. */
export interface FraudLimits {
  readonly cardAttempts: number;
  readonly cardDeclines: number;
  readonly addressAttempts: number;
  readonly deviceAttempts: number;
  /** In major units of whatever currency: a bound on what a mistake can cost, not a rate of exchange. */
  readonly amountMajorUnits: number;
}

export const defaultLimits: FraudLimits = {
  cardAttempts: 10,
  cardDeclines: 4,
  addressAttempts: 50,
  deviceAttempts: 20,
  amountMajorUnits: 10_000,
};

const declineFrom = 0.9;
const reviewFrom = 0.5;

const rules: readonly Rule[] = [
  {
    code: 'card_velocity',
    weight: 0.9,
    applies: (features, limits) => features.cardAttempts > limits.cardAttempts,
    text: (limits) => `More than ${limits.cardAttempts} payments with this card within an hour`,
  },
  {
    code: 'card_declines',
    weight: 0.9,
    applies: (features, limits) => features.cardDeclines >= limits.cardDeclines,
    text: (limits) => `The card's issuer declined ${limits.cardDeclines} or more payments within an hour`,
  },
  {
    code: 'device_velocity',
    weight: 0.9,
    applies: (features, limits) => features.deviceAttempts > limits.deviceAttempts,
    text: (limits) => `More than ${limits.deviceAttempts} payments from this device within an hour`,
  },
  {
    // Many people share an address behind a provider's gateway, so this alone is a doubt, not a refusal.
    code: 'address_velocity',
    weight: 0.5,
    applies: (features, limits) => features.addressAttempts > limits.addressAttempts,
    text: (limits) => `More than ${limits.addressAttempts} payments from this network address within an hour`,
  },
  {
    code: 'amount_high',
    weight: 0.5,
    applies: (features, limits) => features.amount > minorUnits(limits.amountMajorUnits, features.currency),
    text: (limits) => `The amount is above ${limits.amountMajorUnits} units of the currency`,
  },
  {
    code: 'country_mismatch',
    weight: 0.2,
    applies: (features) => features.billingCountry !== features.shippingCountry,
    text: () => 'Billing and shipping countries differ',
  },
];

/** Scores by rules: the weights of those that apply add up, to 1 at most. */
export function rulesScorer(limits: FraudLimits): FraudScorer {
  return {
    score: (features) => {
      const applied = rules.filter((rule) => rule.applies(features, limits));
      const sum = applied.reduce((total, rule) => total + rule.weight, 0);
      const score = Math.min(1, Math.round(sum * 100) / 100);
      const reasons: FraudReason[] = applied.map((rule) => ({ code: rule.code, text: rule.text(limits) }));
      return { score, decision: decide(score), reasons };
    },
  };
}

/** `review` lets a payment through until people can be asked (the review queue comes with the learned model). */
function decide(score: number): 'approve' | 'review' | 'decline' {
  if (score >= declineFrom) return 'decline';
  return score >= reviewFrom ? 'review' : 'approve';
}

function minorUnits(majorUnits: number, currency: string): bigint {
  return BigInt(majorUnits) * 10n ** BigInt(currencyExponent(currency));
}
