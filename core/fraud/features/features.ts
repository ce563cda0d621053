import { createHash } from 'node:crypto';
import type { Bursts } from './bursts.ts';
import { burstFeatureNames, burstFeatures, burstsAfter, noBursts } from './bursts.ts';
import type { CardProfile } from './card-profile.ts';
import { amountRatio, cardAfter, cardFeatureNames, cardFeatures, newCard } from './card-profile.ts';
import type { FraudEvent, PaymentEvent } from './events.ts';
import type { SellerProfile } from './seller-profile.ts';
import { newSeller, sellerAfter, sellerFeatureNames, sellerFeatures } from './seller-profile.ts';
import type { SourceProfile } from './source-profile.ts';
import { newSource, sourceAfter, sourceFeatureNames, sourceFeatures } from './source-profile.ts';

/** What is remembered of who takes part in a payment: of some what happened within hours, of some what they usually do. */
export interface FeatureState {
  readonly card: CardProfile;
  readonly cardBursts: Bursts;
  readonly seller: SellerProfile;
  readonly deviceBursts: Bursts;
  readonly buyer: SourceProfile;
  readonly address: SourceProfile;
}

/** The names of the features, in the order of the vector. */
export const featureNames: readonly string[] = [
  ...['amount', 'hour', 'is_weekend', 'countries_differ', 'by_gift_card'],
  ...cardFeatureNames,
  ...burstFeatureNames('card', 'devices'),
  ...sellerFeatureNames,
  ...burstFeatureNames('device', 'cards'),
  ...sourceFeatureNames('buyer'),
  ...sourceFeatureNames('address'),
];

/** Names the features and their meaning: a model that was trained on others is refused. To be raised when one changes. */
const meaning = 3;
export const featureSchemaHash = createHash('sha256')
  .update(JSON.stringify([meaning, featureNames]))
  .digest('hex')
  .slice(0, 16);

/** Nobody has been seen before. */
export function newState(at: number): FeatureState {
  return {
    ...{ card: newCard(at), cardBursts: noBursts(at), seller: newSeller(at), deviceBursts: noBursts(at) },
    ...{ buyer: newSource(at), address: newSource(at) },
  };
}

/** What is remembered after an event of a payment. In: the payment itself, for who took part in it. */
export function update(
  state: FeatureState,
  event: FraudEvent,
  { card, device, buyer, address }: TakingPart,
): FeatureState {
  return {
    card: card === '' ? state.card : cardAfter(state.card, event),
    cardBursts: card === '' ? state.cardBursts : burstsAfter(state.cardBursts, event, device),
    seller: sellerAfter(state.seller, event),
    deviceBursts: device === '' ? state.deviceBursts : burstsAfter(state.deviceBursts, event, card),
    buyer: buyer === '' ? state.buyer : sourceAfter(state.buyer, event),
    address: address === '' ? state.address : sourceAfter(state.address, event),
  };
}

type TakingPart = Pick<PaymentEvent, 'card' | 'device' | 'buyer' | 'address'>;

/** The vector of a payment, from what was remembered before it. What is not known of it is told by zeros. */
export function features(state: FeatureState, event: PaymentEvent): readonly number[] {
  const { at, amount, card, device, buyer, address, countriesDiffer, byGiftCard } = event;
  const hour = (at - Math.floor(at)) * 24;
  const vector = [amount, hour, isWeekend(at) ? 1 : 0, countriesDiffer ? 1 : 0, byGiftCard ? 1 : 0];
  // One list that grows: a buyer waits, and lists that are made to be thrown away have to be cleared up.
  const add = (values: readonly number[], isKnown: boolean) => {
    for (const value of values) vector.push(isKnown ? value : 0);
  };
  add(cardFeatures(state.card, event), card !== '');
  add(burstFeatures(state.cardBursts, at, device), card !== '');
  add(sellerFeatures(state.seller, event), true);
  add(burstFeatures(state.deviceBursts, at, card), device !== '');
  add(sourceFeatures(state.buyer, event), buyer !== '');
  add(sourceFeatures(state.address, event), address !== '');
  return vector;
}

/** How many times what its card usually pays a payment is: kept when it is scored, since its card goes on paying. */
export function ratioOf(state: FeatureState, event: PaymentEvent): number {
  return amountRatio(state.card, event);
}

/** Day 0 of the Unix epoch was a Thursday. */
function isWeekend(at: number): boolean {
  const weekday = (Math.floor(at) + 4) % 7;
  return weekday === 0 || weekday === 6;
}
