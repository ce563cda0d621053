import type { PaymentEvent } from '../../core/fraud/features/events.ts';
import { featureNames, features, ratioOf, update } from '../../core/fraud/features/features.ts';
import type { TakingPart } from '../../core/fraud/ports.ts';
import { Memory } from './memory.ts';

/** Frauds become known so many days after their payment. */
export const labelDelayDays = 7;

/** A payment, who took part in it, and what became of it. */
export interface Occurrence {
  readonly event: PaymentEvent;
  readonly seller: string;
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

/** Lets payments, declines and frauds pass in the order in which they became known, and keeps each payment's vector. */
export function replay({ count, at: occurrenceAt }: Occurrences, first: number): Replayed {
  const columns = featureNames.map(() => new Float64Array(count - first));
  const memory = new Memory();
  const ratios = new Float64Array(count);
  let told = 0;
  for (let index = 0; index < count; index += 1) {
    const occurrence = occurrenceAt(index);
    const { event } = occurrence;
    for (; told < index; told += 1) {
      const earlier = occurrenceAt(told);
      const at = earlier.event.at + labelDelayDays;
      if (at > event.at) break;
      if (!earlier.isFraud) continue;
      const known = { kind: 'fraud_known', at, ratio: ratios[told] ?? 0, amount: earlier.event.amount } as const;
      const takingPart = takingPartOf(earlier);
      memory.keep(takingPart, update(memory.of(takingPart, at), known, takingPart));
    }
    const takingPart = takingPartOf(occurrence);
    const state = memory.of(takingPart, event.at);
    ratios[index] = ratioOf(state, event);
    if (index >= first) {
      const vector = features(state, event);
      for (const [feature, column] of columns.entries()) column[index - first] = vector[feature] ?? 0;
    }
    const paid = update(state, event, takingPart);
    memory.keep(takingPart, occurrence.isDeclined ? update(paid, { kind: 'decline', at: event.at }, takingPart) : paid);
  }
  return { first, columns };
}

function takingPartOf({ seller, event }: Occurrence): TakingPart {
  const { card, device, buyer, address } = event;
  return { card, device, buyer, address, seller };
}
