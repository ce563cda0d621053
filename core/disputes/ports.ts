import type { Lot } from '../lots/lot.ts';
import type { Payment } from '../payments/payment.ts';
import type { Transition } from '../payments/transition.ts';
import type { Dispute, DisputeState } from './dispute.ts';

/** Where disputes are kept, beside the payments that they change. All reads are strongly consistent. */
export interface DisputeStore {
  find(disputeId: string): Promise<Dispute | undefined>;
  findPayment(paymentId: string): Promise<Payment | undefined>;
  /** Lots in the order of their ids as given; one that does not exist is left out. */
  lots(lotIds: readonly string[]): Promise<readonly Lot[]>;
  /**
   * Writes the dispute, the transition, the payment's change and the lots' in one transaction, on the condition that all
   * are as they were read (the dispute by the version it had, undefined when there was none); else waits a moment, longer
   * with each attempt, and answers `changed`.
   */
  record(
    transition: Transition,
    dispute: Dispute,
    versionBefore: number | undefined,
    attempt: number,
  ): Promise<'recorded' | 'changed'>;
}

export interface DisputeLists {
  find(disputeId: string): Promise<Dispute | undefined>;
  /** A page, the newest first. */
  list(query: DisputeQuery): Promise<DisputePage>;
}

export interface DisputeQuery {
  readonly limit: number;
  /** Where the last page ended. */
  readonly after?: DisputePosition | undefined;
  readonly state?: DisputeState | undefined;
  readonly paymentId?: string | undefined;
}

export interface DisputePosition {
  readonly id: string;
  readonly openedAt: string;
}

export interface DisputePage {
  readonly disputes: readonly Dispute[];
  readonly next: DisputePosition | undefined;
}
