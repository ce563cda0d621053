import { createHash } from 'node:crypto';
import type { CardProfile } from './card-profile.ts';
import {
  amountRatio,
  cardAfterLabel,
  cardAfterPayment,
  cardFeatureNames,
  cardFeatures,
  newCard,
} from './card-profile.ts';
import type { FraudEvent, PaymentEvent } from './events.ts';
import type { SellerProfile } from './seller-profile.ts';
import {
  newSeller,
  sellerAfterLabel,
  sellerAfterPayment,
  sellerFeatureNames,
  sellerFeatures,
} from './seller-profile.ts';

/** What is remembered of who takes part in a payment. */
export interface FeatureState {
  readonly card: CardProfile;
  readonly seller: SellerProfile;
}

/** The names of the features, in the order of the vector. */
export const featureNames: readonly string[] = [
  ...['amount', 'hour', 'is_weekend'],
  ...cardFeatureNames,
  ...sellerFeatureNames,
];

/** Names the features and their meaning: a model that was trained on others is refused. To be raised when one changes. */
const meaning = 1;
export const featureSchemaHash = createHash('sha256')
  .update(JSON.stringify([meaning, featureNames]))
  .digest('hex')
  .slice(0, 16);

/** Nobody has been seen before. */
export function newState(at: number): FeatureState {
  return { card: newCard(at), seller: newSeller(at) };
}

/** What is remembered after an event. The same in replay, in training and in the function. */
export function update(state: FeatureState, event: FraudEvent): FeatureState {
  switch (event.kind) {
    case 'payment':
      return { card: cardAfterPayment(state.card, event), seller: sellerAfterPayment(state.seller, event) };
    case 'label':
      return {
        card: cardAfterLabel(state.card, event.at, event.isFraud),
        seller: sellerAfterLabel(state.seller, event),
      };
  }
}

/** The vector of a payment, from what was remembered before it. */
export function features(state: FeatureState, event: PaymentEvent): readonly number[] {
  const hour = (event.at - Math.floor(event.at)) * 24;
  return [
    ...[event.amount, hour, isWeekend(event.at) ? 1 : 0],
    ...cardFeatures(state.card, event),
    ...sellerFeatures(state.seller, event),
  ];
}

/** What a label tells of a payment besides its kind: kept when it was scored, since its card goes on paying. */
export function ratioOf(state: FeatureState, event: PaymentEvent): number {
  return amountRatio(state.card, event);
}

/** Day 0 of the Unix epoch was a Thursday. */
function isWeekend(at: number): boolean {
  const weekday = (Math.floor(at) + 4) % 7;
  return weekday === 0 || weekday === 6;
}
