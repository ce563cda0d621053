import * as z from 'zod';
import type { DisputeNotice } from '../../../core/disputes/dispute.ts';
import { disputeKinds, disputeStates } from '../../../core/disputes/dispute.ts';

const amount = z.int().min(0).transform(BigInt);

const dispute = z.object({
  id: z.string().min(1).max(64),
  version: z.int().min(1),
  kind: z.enum(disputeKinds),
  state: z.enum(disputeStates),
  // The acquirer's word, as it may be kept and shown.
  reason: z.string().regex(/^[a-z_]{1,64}$/u),
  amount: z.int().min(1).transform(BigInt),
  currency: z.string().regex(/^[A-Z]{3}$/u),
  fee: amount,
  feeReturned: amount,
  captureReference: z.string().min(1).max(64),
  authorizationReference: z.string().min(1).max(64),
  openedAt: z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString()),
});

const fraudNotice = z.object({
  authorizationReference: z.string().min(1).max(64),
  reportedAt: z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString()),
});

const notification = z.object({ type: z.string(), data: z.unknown() });

/** What a notification of the simulated acquirer tells (simulators/acquirer/README.md, "Disputes", with fraud notices). */
export type ParsedNotification =
  | { readonly kind: 'dispute'; readonly notice: DisputeNotice }
  /** An issuer reports an authorization as fraud; `authorizationReference` is ours. */
  | { readonly kind: 'fraudNotice'; readonly authorizationReference: string; readonly reportedAt: string }
  /** Of something that we do not know: nothing of ours depends on it. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable' };

/** Reads a notification that is known to be the acquirer's. Fields that are new to us are left alone. */
export function parseNotification(body: unknown): ParsedNotification {
  const envelope = notification.safeParse(body);
  if (!envelope.success) return { kind: 'unreadable' };
  if (envelope.data.type === 'fraud_notice.created') {
    const told = fraudNotice.safeParse(envelope.data.data);
    return told.success ? { kind: 'fraudNotice', ...told.data } : { kind: 'unreadable' };
  }
  if (!envelope.data.type.startsWith('dispute.')) return { kind: 'other' };
  const parsed = dispute.safeParse(envelope.data.data);
  if (!parsed.success) return { kind: 'unreadable' };
  const { id: acquirerReference, ...rest } = parsed.data;
  return { kind: 'dispute', notice: { acquirerReference, ...rest } };
}
