/** A payment, as features see it. Who takes part is named by ids that tell nothing: fingerprints and hashes. */
export interface PaymentEvent {
  readonly kind: 'payment';
  /** Days since the Unix epoch, with fractions. */
  readonly at: number;
  /** Cents of a euro, roughly where it is in another currency. */
  readonly amount: number;
  /** Empty where no card pays. */
  readonly card: string;
  /** Who buys; empty where it is not known. */
  readonly buyer: string;
  /** Empty where it is not known. */
  readonly device: string;
  /** The network address; empty where it is not known. */
  readonly address: string;
  readonly countriesDiffer: boolean;
  /** Whether gift cards pay for it, wholly or in part. */
  readonly byGiftCard: boolean;
}

/** The card's issuer declined a payment. */
export interface DeclineEvent {
  readonly kind: 'decline';
  readonly at: number;
}

/** A payment became known as fraud. That nobody complained is told by time alone (see seller-profile.ts). */
export interface FraudKnownEvent {
  readonly kind: 'fraud_known';
  /** When it became known, in days since the Unix epoch. */
  readonly at: number;
  /** How many times what its card usually paid the payment was. */
  readonly ratio: number;
  /** What the payment is worth, in cents of a euro, roughly where it is in another currency. */
  readonly amount: number;
}

export type FraudEvent = PaymentEvent | DeclineEvent | FraudKnownEvent;
