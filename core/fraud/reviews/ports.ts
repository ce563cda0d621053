import type { FraudReasonCode } from '../assessment.ts';
import type { Payment } from '../../payments/payment.ts';
import type { Transition } from '../../payments/transition.ts';
import type { Review, ReviewState, ReviewVerdict } from './review.ts';

/** Where reviews are kept, beside the payments that they hold up. All reads of one are strongly consistent. */
export interface ReviewStore {
  find(reviewId: string): Promise<Review | undefined>;
  findPayment(paymentId: string): Promise<Payment | undefined>;
  /** Writes the review's next version on the condition that the one before it still stands; else answers `changed`. */
  write(review: Review): Promise<'written' | 'changed'>;
  /** Writes the review's next version, the transition and the payment's change, all or none, on the same condition. */
  record(transition: Transition, review: Review): Promise<'recorded' | 'changed'>;
}

/** The durable workflow that waits for the decision of a review. */
export interface ReviewWorkflow {
  /** Answers the task that waits; nothing when it waits no longer. */
  resume(taskToken: string, verdict: ReviewVerdict): Promise<void>;
}

export interface ReviewLists {
  /** A page of those in one state: of open ones the oldest first, for they run out first; else the newest first. */
  list(query: ReviewQuery): Promise<ReviewPage>;
}

export interface ReviewQuery {
  readonly state: ReviewState;
  readonly limit: number;
  /** Where the last page ended. */
  readonly after?: ReviewPosition | undefined;
  readonly minScore?: number | undefined;
  readonly reason?: FraudReasonCode | undefined;
  readonly sellerId?: string | undefined;
  /** Opened at these times or between them. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface ReviewPosition {
  readonly id: string;
  readonly createdAt: string;
}

export interface ReviewPage {
  readonly reviews: readonly Review[];
  readonly next: ReviewPosition | undefined;
}
