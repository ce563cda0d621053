import { roughEuroCents } from '../money/rough-euros.ts';
import type { ListVerdict } from './list-entry.ts';
import type { FraudAssessment, FraudReason, FraudReasonCode } from './assessment.ts';

/** What the rules go by. */
export interface RuleFacts {
  readonly amount: bigint;
  readonly currency: string;
  readonly billingCountry: string;
  readonly shippingCountry: string;
  /** Payments within the last hour, roughly, with the same card, network address and device, this one included. */
  readonly cardAttempts: number;
  readonly addressAttempts: number;
  readonly deviceAttempts: number;
  /** Declines by the card's issuer within the last hour. */
  readonly cardDeclines: number;
  /** What operators have put card, buyer, device or address on: a block counts more than an allowance. */
  readonly listed?: ListVerdict | undefined;
}

/** One honest rule: when it applies, it adds its weight to the score and its words to the reasons. */
interface Rule {
  readonly code: FraudReasonCode;
  readonly weight: number;
  readonly applies: (facts: RuleFacts, limits: FraudLimits) => boolean;
  readonly text: (limits: FraudLimits) => string;
}

/** Per hour unless named otherwise. Card testers try many times within minutes; honest people do not. */
export interface FraudLimits {
  readonly cardAttempts: number;
  readonly cardDeclines: number;
  readonly addressAttempts: number;
  readonly deviceAttempts: number;
  /** What a payment may be worth: a bound on what a mistake can cost. */
  readonly amountEuros: number;
}

export const defaultLimits: FraudLimits = {
  cardAttempts: 10,
  cardDeclines: 4,
  addressAttempts: 50,
  deviceAttempts: 20,
  amountEuros: 10_000,
};

const declineFrom = 0.9;
const reviewFrom = 0.5;

const rules: readonly Rule[] = [
  {
    code: 'listed',
    weight: 1,
    applies: ({ listed }) => listed === 'block',
    text: () => 'Card, buyer, device or address is blocked',
  },
  {
    code: 'card_velocity',
    weight: 0.9,
    applies: (facts, limits) => facts.cardAttempts > limits.cardAttempts,
    text: (limits) => `More than ${limits.cardAttempts} payments with this card within an hour`,
  },
  {
    code: 'card_declines',
    weight: 0.9,
    applies: (facts, limits) => facts.cardDeclines >= limits.cardDeclines,
    text: (limits) => `The card's issuer declined ${limits.cardDeclines} or more payments within an hour`,
  },
  {
    code: 'device_velocity',
    weight: 0.9,
    applies: (facts, limits) => facts.deviceAttempts > limits.deviceAttempts,
    text: (limits) => `More than ${limits.deviceAttempts} payments from this device within an hour`,
  },
  {
    // Many people share an address behind a provider's gateway, so this alone is a doubt, not a refusal.
    code: 'address_velocity',
    weight: 0.5,
    applies: (facts, limits) => facts.addressAttempts > limits.addressAttempts,
    text: (limits) => `More than ${limits.addressAttempts} payments from this network address within an hour`,
  },
  {
    code: 'amount_high',
    weight: 0.5,
    applies: (facts, limits) => roughEuroCents(facts.amount, facts.currency) > limits.amountEuros * 100,
    text: (limits) => `The amount is worth more than about ${limits.amountEuros} euros`,
  },
  {
    code: 'country_mismatch',
    weight: 0.2,
    applies: (facts) => facts.billingCountry !== facts.shippingCountry,
    text: () => 'Billing and shipping countries differ',
  },
];

/** Scores by rules: the weights of those that apply add up, to 1 at most. */
export function scoreByRules(facts: RuleFacts, limits: FraudLimits): FraudAssessment {
  const applied = rules.filter((rule) => rule.applies(facts, limits));
  const sum = applied.reduce((total, rule) => total + rule.weight, 0);
  const score = Math.min(1, Math.round(sum * 100) / 100);
  const reasons: FraudReason[] = applied.map((rule) => ({ code: rule.code, text: rule.text(limits) }));
  return { score, decision: decide(score), reasons, decidedBy: 'rules' };
}

function decide(score: number): FraudAssessment['decision'] {
  if (score >= declineFrom) return 'decline';
  return score >= reviewFrom ? 'review' : 'approve';
}
