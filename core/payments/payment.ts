import type { Principal } from '../access/principal.ts';
import type { PaymentDispute } from '../disputes/dispute.ts';
import type { FraudAssessment } from '../fraud/assessment.ts';
import type { PaymentReview } from '../fraud/reviews/review.ts';
import type { Conversion } from '../fx/conversion.ts';
import type { CardFunding } from '../tokens/token.ts';
import type { Movement } from './movements/movement.ts';
import type { TenderShare } from './tenders/tender-share.ts';

/** The states that a payment of this release can be in; contracts/payments.ts lists those of later releases too. */
export const paymentStatuses = [
  'processing',
  'in_review',
  'authorized',
  'partially_captured',
  'captured',
  'partially_refunded',
  'refunded',
  'disputed',
  'voided',
  'expired',
  'declined',
  'failed',
] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** What the seller and the acquirer agreed to when the payment was opened: a later change leaves it alone. */
export interface PaymentTerms {
  /** What the acquirer keeps of each capture. */
  readonly processingFeeBasisPoints: number;
  /** What the platform keeps of each sale. */
  readonly commissionBasisPoints: number;
  /** Days from a capture to the release of its money to the seller. */
  readonly releaseDays: number;
}

/** The card of a tender as the payment remembers it: nothing that could be used to pay. */
export interface CardTender {
  readonly type: 'card';
  readonly tokenId: string;
  readonly brand: string;
  readonly funding: CardFunding;
  readonly bin: string;
  readonly last4: string;
  /** Inside and for operators only (decision 8). */
  readonly fingerprint: string;
}

export interface PaymentContext {
  readonly ip: string;
  readonly deviceId: string;
  readonly userAgent: string;
  readonly billingCountry: string;
  readonly shippingCountry: string;
}

/** A payment as it stands. Times are RFC 3339 UTC with milliseconds; amounts are minor units of `currency`. */
export interface Payment {
  readonly id: string;
  readonly ownerId: string;
  /** Whose payments one lists: a person's few, or those of a machine client, which are most of all. */
  readonly ownerKind: Principal['kind'];
  /** The hash of the request's stable fields: the same Idempotency-Key with another request is refused. */
  readonly requestHash: string;
  /** Which API request wrote it, so that a Put whose answer was lost knows itself again; until the first outcome. */
  readonly openedBy?: string;
  readonly sellerId: string;
  readonly buyer: { readonly id: string; readonly email: string };
  /** Until the first outcome, whose transition keeps it from then on. */
  readonly context?: PaymentContext;
  /** The card; absent where gift cards pay for all. */
  readonly tender?: CardTender;
  /** What each tender pays, where there are gift cards among them. */
  readonly shares?: readonly TenderShare[];
  /** How the buyer's money becomes the seller's, where those are of different currencies. */
  readonly conversion?: Conversion;
  readonly amount: bigint;
  readonly currency: string;
  readonly status: PaymentStatus;
  /** The number of the present attempt at the acquirer; part of its reference. */
  readonly attempt: number;
  readonly capture: 'manual' | 'automatic';
  readonly terms: PaymentTerms;
  readonly amountAuthorized: bigint;
  readonly amountCaptured: bigint;
  readonly amountRefunded: bigint;
  /** What a new capture may still take: authorized, less captured, less what captures under way have taken. */
  readonly capturable: bigint;
  /**
   * What a new refund may still take: captured, less refunded, less what refunds under way have taken, less chargebacks
   * that are open or lost. Below zero when those took more than refunds had left.
   */
  readonly refundable: bigint;
  /** How what was not captured was released, once it was. */
  readonly releasedBy?: 'void' | 'expiry';
  /** Captures, refunds and releases by id, those under way and those that ended. */
  readonly movements: Readonly<Record<string, Movement>>;
  /** Chargebacks on its captures by the dispute's id. Absent when there was none. */
  readonly disputes?: Readonly<Record<string, PaymentDispute>>;
  /** What of them went beyond what the seller could give back; we carry it until people have cleared it up. */
  readonly disputeExcess?: bigint;
  readonly fraud?: FraudAssessment;
  /** A person's look at it; absent for what was never in doubt. */
  readonly review?: PaymentReview;
  readonly declineCode?: string;
  readonly failureCode?: string;
  readonly authorizationExpiresAt?: string;
  /** Whether an unknown outcome was recorded, so that the first answer to the caller was 202. */
  readonly outcomeWasUnknown: boolean;
  /** Until when the first request may still be under way; until the first outcome. */
  readonly inFlightUntil?: string;
  /** When somebody has to look at it again, and how often that has happened. Absent when nothing is due. */
  readonly resolveAt?: string;
  readonly resolveRound: number;
  /** How often it was given a date by itself, without a transition: each is a version. Absent for most: never. */
  readonly datesGiven?: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

/** The acquirer's reference of an attempt: derived, so that the same attempt asks under the same reference for ever. */
export function authorizationReference(paymentId: string, attempt: number): string {
  return `${paymentId}-authorization-${attempt}`;
}

const authorization = /^(?<paymentId>pay_[0-9a-z]{26})-authorization-\d{1,9}$/u;

/** The payment that a reference of an attempt names; undefined for any other text. */
export function paymentIdOfAuthorization(reference: string): string | undefined {
  return authorization.exec(reference)?.groups?.['paymentId'];
}
