/** A payment, as features see it. Who takes part is named by ids that tell nothing: fingerprints and hashes. */
export interface PaymentEvent {
  readonly kind: 'payment';
  /** Days since the Unix epoch, with fractions. */
  readonly at: number;
  /** Minor units. */
  readonly amount: number;
  readonly card: string;
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

/** What became known of a payment: fraud, or that nobody complained. */
export interface LabelEvent {
  readonly kind: 'label';
  /** When it became known, in days since the Unix epoch. */
  readonly at: number;
  readonly isFraud: boolean;
  /** How many times what its card usually paid the payment was. */
  readonly ratio: number;
  /** The payment's amount, minor units. */
  readonly amount: number;
}

export type FraudEvent = PaymentEvent | DeclineEvent | LabelEvent;
