/** What scoring says of a payment. */
export interface FraudAssessment {
  /** 0 (honest) to 1 (fraud). */
  readonly score: number;
  readonly decision: 'approve' | 'review' | 'decline';
  readonly reasons: readonly FraudReason[];
}

export interface FraudReason {
  readonly code: FraudReasonCode;
  /** For people: operators, and buyers whose payment was refused. */
  readonly text: string;
}

export type FraudReasonCode =
  'card_velocity' | 'card_declines' | 'address_velocity' | 'device_velocity' | 'amount_high' | 'country_mismatch';

/** What is known of a payment when it is scored: the port that a learned model takes over. */
export interface FraudFeatures {
  readonly amount: bigint;
  readonly currency: string;
  readonly billingCountry: string;
  readonly shippingCountry: string;
  /** Payments begun in this hour with the same card, network address and device, this one included. */
  readonly cardAttempts: number;
  readonly addressAttempts: number;
  readonly deviceAttempts: number;
  /** Declines by the card's issuer in this hour. */
  readonly cardDeclines: number;
}

export interface FraudScorer {
  score(features: FraudFeatures): FraudAssessment;
}
