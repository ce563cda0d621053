/** A payment, as features see it. */
export interface PaymentEvent {
  readonly kind: 'payment';
  /** Days since the Unix epoch, with fractions. */
  readonly at: number;
  /** Minor units. */
  readonly amount: number;
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

export type FraudEvent = PaymentEvent | LabelEvent;
