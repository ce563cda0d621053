import type { FraudAssessment } from '../fraud/assessment.ts';
import type { PaymentReview } from '../fraud/reviews/review.ts';
import type { Movement } from './movements/movement.ts';
import type { Payment, PaymentStatus } from './payment.ts';
import type { TenderShare } from './tenders/tender-share.ts';

/** The payment's fields that a transition sets; all others stay. */
export interface PaymentChange {
  readonly status: PaymentStatus;
  readonly version: number;
  readonly updatedAt: string;
  readonly amountAuthorized: bigint;
  readonly amountCaptured: bigint;
  readonly amountRefunded: bigint;
  readonly capturable: bigint;
  readonly refundable: bigint;
  /** What each tender pays, where there are gift cards among them. */
  readonly shares?: readonly TenderShare[];
  readonly releasedBy?: 'void' | 'expiry';
  /** All chargebacks as they are now, and what went beyond; absent where this changes none of it. */
  readonly disputes?: NonNullable<Payment['disputes']>;
  readonly disputeExcess?: bigint;
  /** The movement that ended, or that begins with this very transition. */
  readonly movement?: Movement;
  readonly outcomeWasUnknown: boolean;
  readonly fraud?: FraudAssessment;
  /** Of a transition that opens or decides a review. */
  readonly review?: PaymentReview;
  readonly declineCode?: string;
  readonly failureCode?: string;
  readonly authorizationExpiresAt?: string;
  /** Absent: nothing is due any more. */
  readonly resolveAt?: string;
}
