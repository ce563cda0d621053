import type { FraudReason, FraudReasonCode } from './assessment.ts';
import { featureNames } from './features/features.ts';

/** Features that tell of the same, and how a person says it. */
interface Group {
  readonly code: FraudReasonCode;
  readonly features: RegExp;
  readonly text: string;
  /** What a payment has nothing of is not said of it, though its absence may have weighed: this feature has to be above that. */
  readonly onlyAbove?: readonly [feature: string, bound: number];
}

/** The first pattern that fits a feature's name has it. */
const groups: readonly Group[] = [
  {
    code: 'amount_unusual',
    features: /^(amount|amount_ratio|card_usual_amount|card_high_amounts)$|^card_mean_/u,
    text: 'The amount is unusual',
  },
  { code: 'time_unusual', features: /^(hour|is_weekend)$/u, text: 'The time of day or week is unusual' },
  {
    code: 'country_mismatch',
    features: /^countries_differ$/u,
    text: 'Billing and shipping countries differ',
    onlyAbove: ['countries_differ', 0],
  },
  { code: 'gift_card', features: /^by_gift_card$/u, text: 'Gift cards pay for it', onlyAbove: ['by_gift_card', 0] },
  {
    code: 'card_fraud_history',
    features: /^card_known_frauds$/u,
    text: 'Payments with this card became known as fraud',
    onlyAbove: ['card_known_frauds', 0],
  },
  {
    code: 'card_declines',
    features: /^card_declines_/u,
    text: "The card's issuer declined other payments just before",
    onlyAbove: ['card_declines_1h', 0.1],
  },
  {
    code: 'card_velocity',
    features: /^card_payments_/u,
    text: 'The card pays unusually often within minutes or hours',
    onlyAbove: ['card_payments_6h', 0.5],
  },
  { code: 'device_new', features: /^card_(days_with_device|other_devices)$/u, text: 'The device is new to this card' },
  { code: 'card_habits', features: /^card_/u, text: 'The card is new, or is used in another way than before' },
  {
    code: 'seller_fraud_history',
    features: /^seller_(frauds|risk|usual|days|genuine)/u,
    text: 'Payments to this seller became known as fraud',
    onlyAbove: ['seller_frauds_25d', 0.01],
  },
  { code: 'seller_habits', features: /^seller_/u, text: 'The seller is new, or is paid in another way than before' },
  {
    code: 'device_many_cards',
    features: /^device_other_cards$/u,
    text: 'Other cards pay from this device',
    onlyAbove: ['device_other_cards', 0],
  },
  {
    code: 'device_velocity',
    features: /^device_/u,
    text: 'Much is paid or declined from this device within minutes or hours',
    onlyAbove: ['device_payments_6h', 0.5],
  },
  { code: 'buyer_habits', features: /^buyer_/u, text: 'The buyer is new, or pays in another way than before' },
  {
    code: 'address_velocity',
    features: /^address_/u,
    text: 'Others pay from this network address, or nobody has before',
  },
];

/** Of each feature the place of its group. */
const groupOf = Uint8Array.from(featureNames, (name) => {
  const place = groups.findIndex(({ features }) => features.test(name));
  if (place < 0) throw new Error(`No reason is told by the feature ${name}`);
  return place;
});

/** Of each group the feature that has to be above a bound; none where that says nothing. */
const boundOf = groups.map(({ onlyAbove }) => {
  if (!onlyAbove) return { place: -1, bound: 0 };
  const [feature, bound] = onlyAbove;
  return { place: featureNames.indexOf(feature), bound };
});

/** What is told at most, and from how much on: log odds. */
const [mostReasons, leastWeight] = [4, 0.25];

/**
 * Why a model takes a payment for fraud, the strongest reason first. In: the vector, and what each of its features added to the log
 * odds. What speaks for the payment is not told.
 */
export function reasonsOf(vector: readonly number[], contributions: Float64Array): readonly FraudReason[] {
  const weights = new Float64Array(groups.length);
  for (let feature = 0; feature < contributions.length; feature += 1) {
    const group = groupOf[feature] ?? 0;
    weights[group] = (weights[group] ?? 0) + (contributions[feature] ?? 0);
  }
  const told: { readonly weight: number; readonly reason: FraudReason }[] = [];
  for (const [group, { code, text }] of groups.entries()) {
    const weight = weights[group] ?? 0;
    if (weight >= leastWeight && holds(group, vector)) told.push({ weight, reason: { code, text } });
  }
  return told
    .toSorted((one, other) => other.weight - one.weight)
    .slice(0, mostReasons)
    .map(({ reason }) => reason);
}

function holds(group: number, vector: readonly number[]): boolean {
  const { place, bound } = boundOf[group] ?? { place: -1, bound: 0 };
  return place < 0 || (vector[place] ?? 0) > bound;
}
