import type { DecayedSums, Scale } from './decayed-sums.ts';
import { addTo, noSums, valuesAt } from './decayed-sums.ts';
import type { FraudEvent, PaymentEvent } from './events.ts';
import type { Seen } from './recently-seen.ts';
import { knownFor, othersWithin, see } from './recently-seen.ts';

/** What is remembered of who buys, or of the network address that payments come from: how many, and by which cards. */
export interface SourceProfile {
  readonly sums: DecayedSums;
  /** When it was seen first; days since the Unix epoch. */
  readonly firstAt: number;
  readonly cards: readonly Seen[];
}

const [minute, hour] = [1 / 1440, 1 / 24];
/** Payments within ten minutes, an hour, a day; declines within an hour. */
const scale: Scale = { halfLives: [10 * minute, hour, 1, hour], daysPerEpoch: 1 };
/** Days; older is as good as old. */
const longKnown = 60;

/** A buyer who never bought, an address that nobody paid from. */
export function newSource(at: number): SourceProfile {
  return { sums: noSums(at, scale), firstAt: at, cards: [] };
}

/** What a buyer or an address is remembered by after an event of one of their payments. */
export function sourceAfter(profile: SourceProfile, event: FraudEvent): SourceProfile {
  switch (event.kind) {
    case 'payment': {
      const { at, card } = event;
      const cards = card === '' ? profile.cards : see(profile.cards, card, at);
      return { ...profile, sums: addTo(profile.sums, scale, at, [1, 1, 1]), cards };
    }
    case 'decline':
      return { ...profile, sums: addTo(profile.sums, scale, event.at, [0, 0, 0, 1]) };
    case 'fraud_known':
      return profile;
  }
}

/** What a payment looks like beside the others from there. */
export function sourceFeatures({ sums, firstAt, cards }: SourceProfile, { at, card }: PaymentEvent): readonly number[] {
  return [
    ...valuesAt(sums, scale, at),
    othersWithin(cards, card, at, 1),
    Math.min(longKnown, knownFor(cards, card, at)),
    Math.min(longKnown, at - firstAt),
  ];
}

/** The names of a source's features. In: which source it is. */
export function sourceFeatureNames(source: 'buyer' | 'address'): readonly string[] {
  return [
    'payments_10m',
    'payments_1h',
    'payments_1d',
    'declines_1h',
    'other_cards_1d',
    'days_with_card',
    'days_known',
  ].map((name) => `${source}_${name}`);
}
