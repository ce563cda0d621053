import type { CardProfile } from '../../core/fraud/features/card-profile.ts';
import { newCard } from '../../core/fraud/features/card-profile.ts';
import type { PaymentEvent } from '../../core/fraud/features/events.ts';
import type { FeatureState } from '../../core/fraud/features/features.ts';
import { featureNames, features, ratioOf, update } from '../../core/fraud/features/features.ts';
import type { SellerProfile } from '../../core/fraud/features/seller-profile.ts';
import { newSeller } from '../../core/fraud/features/seller-profile.ts';
import type { SourceProfile } from '../../core/fraud/features/source-profile.ts';
import { newSource } from '../../core/fraud/features/source-profile.ts';

/** Labels become known so many days after their payment. */
export const labelDelayDays = 7;

/** A payment, who took part in it, and what became of it. */
export interface Occurrence {
  readonly event: PaymentEvent;
  /** Whose profiles it belongs to: whatever names a card and a seller in the data. */
  readonly card: string | number;
  readonly seller: string | number;
  readonly isDeclined: boolean;
  readonly isFraud: boolean;
}

/** Payments in the order of their times. */
export interface Occurrences {
  readonly count: number;
  readonly at: (index: number) => Occurrence;
}

/** The vectors of all payments from `first` on, by column; those before only lead to what is remembered. */
export interface Replayed {
  readonly first: number;
  readonly columns: readonly Float64Array[];
}

/** Lets payments, declines and labels pass in the order in which they became known, and keeps each payment's vector. */
export function replay({ count, at: occurrenceAt }: Occurrences, first: number): Replayed {
  const columns = featureNames.map(() => new Float64Array(count - first));
  const memory = new Memory();
  const ratios = new Float64Array(count);
  let told = 0;
  for (let index = 0; index < count; index += 1) {
    const occurrence = occurrenceAt(index);
    const { event } = occurrence;
    for (; told < index; told += 1) {
      const labelled = occurrenceAt(told);
      const at = labelled.event.at + labelDelayDays;
      if (at > event.at) break;
      const { isFraud } = labelled;
      const label = { kind: 'label', at, isFraud, ratio: ratios[told] ?? 0, amount: labelled.event.amount } as const;
      memory.keep(labelled, update(memory.of(labelled, at), label));
    }
    const state = memory.of(occurrence, event.at);
    ratios[index] = ratioOf(state, event);
    if (index >= first) {
      const vector = features(state, event);
      for (const [feature, column] of columns.entries()) column[index - first] = vector[feature] ?? 0;
    }
    const paid = update(state, event);
    memory.keep(occurrence, occurrence.isDeclined ? update(paid, { kind: 'decline', at: event.at }) : paid);
  }
  return { first, columns };
}

/** What is remembered of everybody. */
class Memory {
  readonly #cards = new Map<string | number, CardProfile>();
  readonly #sellers = new Map<string | number, SellerProfile>();
  readonly #devices = new Map<string, SourceProfile>();
  readonly #addresses = new Map<string, SourceProfile>();

  of({ card, seller, event: { device, address } }: Occurrence, at: number): FeatureState {
    return {
      card: this.#cards.get(card) ?? newCard(at),
      seller: this.#sellers.get(seller) ?? newSeller(at),
      device: this.#devices.get(device) ?? newSource(at),
      address: this.#addresses.get(address) ?? newSource(at),
    };
  }

  keep({ card, seller, event: { device, address } }: Occurrence, state: FeatureState): void {
    this.#cards.set(card, state.card);
    this.#sellers.set(seller, state.seller);
    if (device !== '') this.#devices.set(device, state.device);
    if (address !== '') this.#addresses.set(address, state.address);
  }
}
