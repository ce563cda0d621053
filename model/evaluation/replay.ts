import type { CardProfile } from '../../core/fraud/features/card-profile.ts';
import { newCard } from '../../core/fraud/features/card-profile.ts';
import type { PaymentEvent } from '../../core/fraud/features/events.ts';
import { featureNames, features, ratioOf, update } from '../../core/fraud/features/features.ts';
import type { SellerProfile } from '../../core/fraud/features/seller-profile.ts';
import { newSeller } from '../../core/fraud/features/seller-profile.ts';
import type { Transactions } from './read-transactions.ts';

/** Labels become known so many days after their payment. */
export const labelDelayDays = 7;
/** The file's day 0, Sunday 1 April 2018, in days since the Unix epoch. */
const dayZero = Date.UTC(2018, 3, 1) / 86_400_000;

/** The vectors of all payments from `firstDay` on, by column; those before only lead to what is remembered. */
export interface Replayed {
  /** The index of the first payment with a vector. */
  readonly first: number;
  readonly columns: readonly Float64Array[];
}

/** Lets payments and labels pass in the order in which they became known, and keeps each payment's vector. */
export function replay(transactions: Transactions, firstDay: number): Replayed {
  const { count, times, customers, terminals, amounts, labels } = transactions;
  const first = times.findIndex((time) => time >= firstDay);
  const columns = featureNames.map(() => new Float64Array(count - first));
  const cards = new Map<number, CardProfile>();
  const sellers = new Map<number, SellerProfile>();
  const ratios = new Float64Array(count);
  const stateOf = (index: number, at: number) => ({
    card: cards.get(customers[index] ?? 0) ?? newCard(at),
    seller: sellers.get(terminals[index] ?? 0) ?? newSeller(at),
  });
  const keep = (index: number, { card, seller }: ReturnType<typeof stateOf>) => {
    cards.set(customers[index] ?? 0, card);
    sellers.set(terminals[index] ?? 0, seller);
  };
  let told = 0;
  for (let index = 0; index < count; index += 1) {
    const time = times[index] ?? 0;
    const amount = amounts[index] ?? 0;
    const event: PaymentEvent = { kind: 'payment', at: dayZero + time, amount };
    for (; (times[told] ?? 0) + labelDelayDays <= time; told += 1) {
      const at = dayZero + (times[told] ?? 0) + labelDelayDays;
      const label = { isFraud: labels[told] === 1, ratio: ratios[told] ?? 0, amount: amounts[told] ?? 0 };
      keep(told, update(stateOf(told, at), { kind: 'label', at, ...label }));
    }
    const state = stateOf(index, event.at);
    ratios[index] = ratioOf(state, event);
    if (index >= first) {
      const vector = features(state, event);
      for (const [feature, column] of columns.entries()) column[index - first] = vector[feature] ?? 0;
    }
    keep(index, update(state, event));
  }
  return { first, columns };
}
