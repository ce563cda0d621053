import type { AuthorizationOrder, ResolutionOrder } from './messages.ts';
import type { Review } from '../fraud/reviews/review.ts';
import type { Lot } from '../lots/lot.ts';
import type { Movement } from './movements/movement.ts';
import type { Payment, PaymentTerms } from './payment.ts';
import type { PaymentChange, Transition } from './transition.ts';

/** Where payments and their transitions are kept. */
export interface PaymentStore {
  /** Writes a new payment unless its id exists; then answers the one that does, strongly consistent. */
  open(payment: Payment): Promise<OpenedPayment>;
  /** The payment as it stands, strongly consistent. */
  find(paymentId: string): Promise<Payment | undefined>;
  /** Notes that the first request is over while the outcome is open; answers the payment as it stands then. */
  endFlight(payment: Payment): Promise<Payment | undefined>;
  /** The change that a version's transition made. */
  changeOf(paymentId: string, version: number): Promise<PaymentChange | undefined>;
  /** The payment with all its transitions, oldest first. */
  history(
    paymentId: string,
  ): Promise<{ readonly payment: Payment; readonly transitions: readonly StoredTransition[] } | undefined>;
  list(query: PaymentQuery): Promise<PaymentPage>;
}

/** What recording an outcome needs. */
export interface OutcomeStore extends Pick<PaymentStore, 'find'> {
  /**
   * Writes the transition, the payment's change and the review that it opens in one transaction, on the condition that the payment is
   * still in the state and version that the transition starts from; else answers `changed` and nothing is written.
   */
  record(transition: Transition, review: Review | undefined): Promise<'recorded' | 'changed'>;
}

export type OpenedPayment = { readonly kind: 'opened' } | { readonly kind: 'exists'; readonly payment: Payment };

/** What movements need of the store. */
export interface MovementStore extends Pick<PaymentStore, 'find' | 'changeOf'> {
  /**
   * Writes a movement as pending: one update that takes it out of the payment's remainder, on the condition that as
   * much is left (exactly what was read, for a movement that takes all), that the state allows it, and that it is not
   * there yet. Else answers the payment as it stands.
   */
  begin(
    payment: Payment,
    movement: Movement,
    now: Date,
  ): Promise<
    | { readonly kind: 'begun'; readonly payment: Payment }
    | { readonly kind: 'refused'; readonly payment: Payment | undefined }
  >;
  /** Lots in the order of their ids as given; one that does not exist is left out. */
  lots(lotIds: readonly string[]): Promise<readonly Lot[]>;
  /**
   * Writes the transition, the payment's change and the lots' in one transaction, on the condition that all are as
   * they were read; else waits a moment, longer with each attempt, and answers the payment as it stands.
   */
  recordMovement(
    transition: Transition,
    attempt: number,
  ): Promise<{ readonly kind: 'recorded' } | { readonly kind: 'changed'; readonly payment: Payment | undefined }>;
}

export interface StoredTransition extends Transition {
  readonly version: number;
}

export interface PaymentQuery {
  readonly ownerId: string;
  readonly ownerKind: Payment['ownerKind'];
  readonly now: Date;
  readonly limit: number;
  /** Where the last page ended. */
  readonly after?: PaymentPosition | undefined;
  readonly status?: string | undefined;
  readonly sellerId?: string | undefined;
  readonly buyerId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface PaymentPosition {
  readonly paymentId: string;
  readonly createdAt: string;
}

export interface PaymentPage {
  readonly payments: readonly Payment[];
  readonly next: PaymentPosition | undefined;
}

/** What is due to be looked into. */
export interface ResolutionQueue {
  /** A page of the ids of payments of one shard that are due, earliest first. */
  due(shard: number, now: Date, limit: number, after: DuePosition | undefined): Promise<DuePage>;
  find(paymentId: string): Promise<Payment | undefined>;
  /**
   * Notes that a round has begun and when to look again; `false` when somebody else did so first, or when the payment
   * has been given another date since it was read.
   */
  beginRound(payment: Payment, lookAgainAt: Date): Promise<boolean>;
}

export interface DuePage {
  readonly paymentIds: readonly string[];
  /** Where the page ended, when there may be more. */
  readonly next: DuePosition | undefined;
}

export interface DuePosition {
  readonly paymentId: string;
  readonly resolveAt: string;
}

/** Payments that may need somebody to look into them. */
export interface PaymentsToLookAfter {
  /** The payments of these ids, strongly consistent, in no order. */
  findAll(paymentIds: readonly string[]): Promise<readonly Payment[]>;
  /**
   * Gives a payment a date at which somebody looks into it, unless it has an earlier one; `false` when it has changed
   * since it was read.
   */
  lookAt(payment: Payment, at: string): Promise<boolean>;
}

/** Payments in the order of their creation. */
export interface CreatedPayments {
  /** The ids of those created after one time and until another, up to a hundred at a time. */
  between(after: Date, until: Date): AsyncIterable<readonly string[]>;
}

/** Up to what time something was done, for ever. */
export interface Watermark {
  read(): Promise<Date | undefined>;
  write(time: Date): Promise<void>;
}

/** How many shards hold what is due; a shard is a partition that takes 1,000 writes a second. */
export const resolutionShards = 8;

/** The synchronous workflow that scores and authorizes. */
export interface AuthorizationWorkflow {
  /** Answers the change it recorded, or `unfinished` when it failed, ran out of time or its answer was lost. */
  run(
    order: AuthorizationOrder,
  ): Promise<{ readonly kind: 'finished'; readonly change: PaymentChange } | { readonly kind: 'unfinished' }>;
}

/** The durable workflow that finds out what became of a payment. */
export interface ResolutionWorkflow {
  /** Starts a round unless one of this name was started before: twice is once. */
  start(name: string, order: ResolutionOrder): Promise<void>;
}

/** The durable workflows that a payment may have runs of. */
export type PaymentWorkflow = 'resolve-payment' | 'review-payment';

export interface WorkflowRuns {
  /** The state of a run, or undefined when there is none of that name (it may be older than the service keeps). */
  describe(
    workflow: PaymentWorkflow,
    name: string,
  ): Promise<{ readonly startedAt: string; readonly status: string } | undefined>;
}

/** A seller as far as payments need one; configuration until sellers register. */
export interface Seller {
  readonly id: string;
  readonly currencies: readonly string[];
  readonly terms: PaymentTerms;
}
