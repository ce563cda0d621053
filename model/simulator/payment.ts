/** What attackers do, as the prose of the field tells it (model/README.md names the sources). */
export const attackKinds = [
  'card_testing',
  'account_takeover',
  'collusion',
  'stolen_gift_cards',
  'amount_anomaly',
] as const;
export type AttackKind = (typeof attackKinds)[number];

/** A payment of the simulated market, and what nobody knows of it when it is made. */
export interface SimulatedPayment {
  /** Days since the simulation's first midnight, with fractions. */
  readonly at: number;
  /** Minor units. */
  readonly amount: number;
  /** Empty where a gift card pays. */
  readonly card: string;
  readonly buyer: string;
  readonly seller: string;
  readonly device: string;
  readonly address: string;
  readonly countriesDiffer: boolean;
  readonly byGiftCard: boolean;
  readonly isDeclined: boolean;
  /** Absent for an honest payment. */
  readonly attack?: AttackKind;
}
