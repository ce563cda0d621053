import * as z from 'zod';
import { base64Bytes, toBase64 } from '../base64.ts';
import { fraudReasonCodes } from '../fraud/assessment.ts';
import type { Scored } from '../fraud/scored.ts';
import { reviewStates } from '../fraud/reviews/review.ts';
import { paymentStatuses } from './payment.ts';

/**
 * What travels through workflows, as JSON. Amounts are numbers here (bounded far below 2^53 where they come in) and
 * bigint on both sides. Never a card number, a security code or an envelope.
 */
const amount = z.int().nonnegative().transform(BigInt);

/** What the authorize-payment workflow is started with. */
export const authorizationOrder = z.object({
  paymentId: z.string(),
  attempt: z.int(),
  /** The card; absent where gift cards pay for all. */
  tokenId: z.string().exactOptional(),
  fingerprint: z.string().exactOptional(),
  sellerId: z.string(),
  buyerId: z.string(),
  amount,
  /** What gift cards pay of the amount. */
  giftCards: z.array(z.object({ giftCardId: z.string(), amount })).exactOptional(),
  currency: z.string(),
  ip: z.string(),
  deviceId: z.string(),
  billingCountry: z.string(),
  shippingCountry: z.string(),
});
export type AuthorizationOrder = z.infer<typeof authorizationOrder>;

/** What the resolve-payment workflow is started with. */
export const resolutionOrder = z.object({
  paymentId: z.string(),
  attempt: z.int(),
  tokenId: z.string().exactOptional(),
  purpose: z.enum(['resolve', 'reverse_orphan', 'finish_movements', 'end_review']),
  /** A security code that was kept later than this belongs to another payment: it expires after this second. */
  discardExpiringBefore: z.int(),
});
export type ResolutionOrder = z.infer<typeof resolutionOrder>;

const decision = z.enum(['approve', 'review', 'decline']);

export const assessment = z.object({
  score: z.number(),
  decision,
  reasons: z.array(
    z.object({
      code: z.enum(fraudReasonCodes),
      text: z.string(),
    }),
  ),
  /** Until there was a model, nobody said who decides. */
  decidedBy: z.enum(['model', 'rules']).default('rules'),
});

export const askedModels = z.object({
  champion: z.string(),
  challenger: z.object({ model: z.string(), score: z.number(), decision }).exactOptional(),
});

/** What scoring answers: the assessment, which models were asked, and what the model went by, its 32-bit floats as base64. */
export const scoredPayment = assessment
  .extend({
    features: z.object({ schema: z.string(), values: base64Bytes }).exactOptional(),
    models: askedModels.exactOptional(),
  })
  .transform(({ features, models, ...found }): Scored => ({
    assessment: found,
    ...(features && { features }),
    ...(models && { models }),
  }));

/** What scoring found, as a message. */
export function toScoredMessage({ assessment: found, features, models }: Scored): z.input<typeof scoredPayment> {
  const { reasons, ...rest } = found;
  const kept = features && { schema: features.schema, values: toBase64(features.values) };
  return { ...rest, reasons: [...reasons], ...(kept && { features: kept }), ...(models && { models }) };
}

export const outcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('approved'),
    approvalCode: z.string(),
    networkReference: z.string(),
    expiresAt: z.string().optional(),
  }),
  z.object({ kind: z.literal('held') }),
  z.object({ kind: z.literal('declined'), code: z.string() }),
  z.object({ kind: z.literal('blocked') }),
  z.object({ kind: z.literal('notSent'), code: z.string() }),
  z.object({ kind: z.literal('unknown') }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('reversalConfirmed') }),
]);

const status = z.enum(paymentStatuses);

// Workflows hand amounts on as numbers; DynamoDB hands them back as number or, beyond 2^53, as bigint.
const storedAmount = z.union([z.bigint(), amount]);

/** What each tender pays of a payment, and what a movement does to each. */
export const tenderShare = z.object({
  giftCardId: z.string().exactOptional(),
  amount: storedAmount,
  captured: storedAmount,
  refunded: storedAmount,
  capturable: storedAmount,
  // Below zero when chargebacks took more than refunds had left.
  refundable: z.union([z.bigint(), z.int().transform(BigInt)]),
});
const tenderPart = z.object({ amount: storedAmount, taken: storedAmount });

/** A movement as payments keep it and as transitions tell it. */
export const movement = z.object({
  id: z.string(),
  kind: z.enum(['capture', 'void', 'expiry', 'refund']),
  amount: storedAmount,
  taken: storedAmount,
  parts: z.array(tenderPart).exactOptional(),
  isFinal: z.boolean(),
  state: z.enum(['pending', 'succeeded', 'failed']),
  failureCode: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  requestHash: z.string(),
  begunBy: z.string(),
  begunAt: z.string(),
  version: z.int().exactOptional(),
});

/** What a payment holds of its review. */
export const paymentReview = z.object({
  id: z.string(),
  state: z.enum(reviewStates),
  deadline: z.string(),
  onApproval: z.enum(['hold', 'capture']),
});

/** The fields that a transition sets: stored in the transition item, and answered by the workflow. */
export const paymentChange = z.object({
  status,
  version: z.int(),
  updatedAt: z.string(),
  amountAuthorized: storedAmount,
  amountCaptured: storedAmount,
  amountRefunded: storedAmount,
  capturable: storedAmount,
  // Below zero when chargebacks took more than refunds had left.
  refundable: z.union([z.bigint(), z.int().transform(BigInt)]),
  shares: z.array(tenderShare).exactOptional(),
  releasedBy: z.enum(['void', 'expiry']).exactOptional(),
  movement: movement.exactOptional(),
  outcomeWasUnknown: z.boolean(),
  fraud: assessment.exactOptional(),
  review: paymentReview.exactOptional(),
  declineCode: z.string().exactOptional(),
  failureCode: z.string().exactOptional(),
  authorizationExpiresAt: z.string().exactOptional(),
  resolveAt: z.string().exactOptional(),
});

/** Bigints as the numbers that JSON knows. Throws when one would lose a digit. */
export function toMessage(value: object): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? exactNumber(member) : member)),
  );
}

export function exactNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value.toString()} does not fit a JSON number`);
  return number;
}
