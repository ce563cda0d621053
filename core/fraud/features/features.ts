import { createHash } from 'node:crypto';
import type { CardProfile } from './card-profile.ts';
import {
  amountRatio,
  cardAfterDecline,
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
import type { SourceProfile } from './source-profile.ts';
import {
  newSource,
  sourceAfterDecline,
  sourceAfterPayment,
  sourceFeatureNames,
  sourceFeatures,
} from './source-profile.ts';

/** What is remembered of who takes part in a payment. */
export interface FeatureState {
  readonly card: CardProfile;
  readonly seller: SellerProfile;
  readonly device: SourceProfile;
  readonly address: SourceProfile;
}

/** The names of the features, in the order of the vector. */
export const featureNames: readonly string[] = [
  ...['amount', 'hour', 'is_weekend', 'countries_differ', 'by_gift_card'],
  ...cardFeatureNames,
  ...sellerFeatureNames,
  ...sourceFeatureNames('device'),
  ...sourceFeatureNames('address'),
];

/** Names the features and their meaning: a model that was trained on others is refused. To be raised when one changes. */
const meaning = 2;
export const featureSchemaHash = createHash('sha256')
  .update(JSON.stringify([meaning, featureNames]))
  .digest('hex')
  .slice(0, 16);

/** Nobody has been seen before. */
export function newState(at: number): FeatureState {
  return { card: newCard(at), seller: newSeller(at), device: newSource(at), address: newSource(at) };
}

/** What is remembered after an event. The same in replay, in training and in the function. */
export function update(state: FeatureState, event: FraudEvent): FeatureState {
  switch (event.kind) {
    case 'payment':
      return {
        card: cardAfterPayment(state.card, event),
        seller: sellerAfterPayment(state.seller, event),
        device: event.device === '' ? state.device : sourceAfterPayment(state.device, event),
        address: event.address === '' ? state.address : sourceAfterPayment(state.address, event),
      };
    case 'decline':
      return {
        ...state,
        card: cardAfterDecline(state.card, event.at),
        device: sourceAfterDecline(state.device, event.at),
        address: sourceAfterDecline(state.address, event.at),
      };
    case 'label':
      return {
        ...state,
        card: cardAfterLabel(state.card, event.at, event.isFraud),
        seller: sellerAfterLabel(state.seller, event),
      };
  }
}

/** The vector of a payment, from what was remembered before it. */
export function features(state: FeatureState, event: PaymentEvent): readonly number[] {
  const hour = (event.at - Math.floor(event.at)) * 24;
  return [
    ...[event.amount, hour, isWeekend(event.at) ? 1 : 0, event.countriesDiffer ? 1 : 0, event.byGiftCard ? 1 : 0],
    ...cardFeatures(state.card, event),
    ...sellerFeatures(state.seller, event),
    ...(event.device === '' ? unknownSource : sourceFeatures(state.device, event)),
    ...(event.address === '' ? unknownSource : sourceFeatures(state.address, event)),
  ];
}

const unknownSource: readonly number[] = sourceFeatureNames('device').map(() => 0);

/** What a label tells of a payment besides its kind: kept when it was scored, since its card goes on paying. */
export function ratioOf(state: FeatureState, event: PaymentEvent): number {
  return amountRatio(state.card, event);
}

/** Day 0 of the Unix epoch was a Thursday. */
function isWeekend(at: number): boolean {
  const weekday = (Math.floor(at) + 4) % 7;
  return weekday === 0 || weekday === 6;
}
