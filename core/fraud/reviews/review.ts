import { deriveId } from '../../ids.ts';
import type { FraudAssessment } from '../assessment.ts';

export const reviewStates = ['open', 'approved', 'declined'] as const;
export type ReviewState = (typeof reviewStates)[number];

/** What a reviewer may say. */
export const reviewVerdicts = ['approve', 'decline'] as const;
export type ReviewVerdict = (typeof reviewVerdicts)[number];

/** A person's look at a payment in doubt: it is authorized, and nothing is captured before it was decided. Times are RFC 3339 UTC. */
export interface Review {
  readonly id: string;
  readonly paymentId: string;
  readonly sellerId: string;
  readonly buyerId: string;
  /** Minor units of `currency`. */
  readonly amount: bigint;
  readonly currency: string;
  /** Why it is in doubt. */
  readonly score: number;
  readonly reasons: FraudAssessment['reasons'];
  readonly decidedBy: FraudAssessment['decidedBy'];
  readonly state: ReviewState;
  /** Who looks at it just now: others keep off until then. */
  readonly claim?: ReviewClaim;
  readonly decision?: ReviewDecision;
  /** By when it is decided; then the default is. */
  readonly deadline: string;
  /** Of the workflow that waits for the decision. */
  readonly taskToken?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

export interface ReviewClaim {
  readonly by: string;
  readonly until: string;
}

export interface ReviewDecision {
  readonly verdict: ReviewVerdict;
  /** The reviewer's, in a few words; `note` for all that colleagues should know. */
  readonly reason: string;
  readonly note?: string;
  /** The reviewer, or `deadline` when nobody decided in time. */
  readonly by: string;
  readonly at: string;
}

/** What a payment holds of its review. */
export interface PaymentReview {
  readonly id: string;
  readonly state: ReviewState;
  readonly deadline: string;
  /** What an approval begins: nothing but that it can be captured, or the capture at once. */
  readonly onApproval: 'hold' | 'capture';
}

/** Who decides when nobody did in time. */
export const deadlineReviewer = 'deadline';

/** A payment is reviewed once at most: its review finds itself again for ever. */
export function reviewId(paymentId: string): string {
  return deriveId('rev_', paymentId);
}

const reviewMilliseconds = 24 * 3_600_000;
/** So long before the authorization runs out it can still be captured, or voided, when nobody decided. */
const aheadOfExpiryMilliseconds = 3_600_000;

/** By when a review that opens now is decided: within 24 hours, and before the authorization runs out. */
export function reviewDeadline(authorizationExpiresAt: string, now: Date): string {
  const latest = Date.parse(authorizationExpiresAt) - aheadOfExpiryMilliseconds;
  const deadline = Math.min(now.getTime() + reviewMilliseconds, latest);
  return new Date(Math.max(deadline, now.getTime())).toISOString();
}

/** The workflow decides at the deadline; should it be gone, somebody looks a little later. */
const graceMilliseconds = 600_000;

/** When somebody looks whether a review was decided. */
export function overdueAt(deadline: string): string {
  return new Date(Date.parse(deadline) + graceMilliseconds).toISOString();
}

/** How long a claim keeps others off. */
const claimMilliseconds = 30 * 60_000;

export function claimUntil(now: Date): string {
  return new Date(now.getTime() + claimMilliseconds).toISOString();
}

/** The claim that keeps this reviewer off, if there is one. */
export function rivalClaim({ claim }: Pick<Review, 'claim'>, reviewer: string, now: Date): ReviewClaim | undefined {
  return claim && claim.by !== reviewer && claim.until > now.toISOString() ? claim : undefined;
}
