/** What scoring says of a payment. */
export interface FraudAssessment {
  /** 0 (honest) to 1 (fraud): the model's probability, or what the rules make of it where they decide. */
  readonly score: number;
  readonly decision: 'approve' | 'review' | 'decline';
  readonly reasons: readonly FraudReason[];
  /** Who decided. The rules alone do when there is no model's word: it failed, or took too long. */
  readonly decidedBy: 'model' | 'rules';
}

export interface FraudReason {
  readonly code: FraudReasonCode;
  /** For people: operators, and buyers whose payment was refused. */
  readonly text: string;
}

/** Why a payment is doubted, by rules and by the model (rules.ts, reasons.ts say the words). */
export const fraudReasonCodes = [
  'address_velocity',
  'amount_high',
  'amount_unusual',
  'buyer_habits',
  'card_declines',
  'card_fraud_history',
  'card_habits',
  'card_velocity',
  'country_mismatch',
  'device_many_cards',
  'device_new',
  'device_velocity',
  'gift_card',
  'listed',
  'seller_fraud_history',
  'seller_habits',
  'time_unusual',
] as const;
export type FraudReasonCode = (typeof fraudReasonCodes)[number];
