import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Answer, Call } from '../house/server.ts';
import { Refusal } from '../house/server.ts';
import { amount, describeError, reference } from './api.ts';
import type { AcquirerBooks } from './books.ts';
import type { Dispute } from './dispute-books.ts';
import { disputeKinds, disputeReasons, disputeStates, mayFollow, notificationType } from './dispute-rules.ts';
import type { DisputeState } from './dispute-rules.ts';
import { disputeSettingsBody } from './dispute-settings.ts';
import type { Movement } from './movement-books.ts';
import { dayOf } from './movement-rules.ts';

const openBody = z.strictObject({
  captureReference: reference,
  amount: amount.optional(),
  reason: z.enum(disputeReasons).default('general'),
  kind: z.enum(disputeKinds).default('chargeback'),
});

/** POST /disputes: a cardholder disputes a capture, all that no other chargeback has taken of it unless told how much. */
export function openDispute(books: AcquirerBooks, body: unknown, now: number): Answer {
  const request = parseOrRefuse(openBody, body, describeError);
  return books.atomically(() => {
    const capture = books.movements.find(request.captureReference);
    if (capture?.operation !== 'capture' || capture.state !== 'accepted')
      throw new Refusal(404, describeError(404, 'no accepted capture has this reference'));
    const left = (capture.amount ?? 0) - books.disputes.standing(request.captureReference);
    const disputed = request.amount ?? left;
    if (disputed > left || left === 0) throw conflict('more than chargebacks have left of the capture');
    return { status: 201, body: open(books, capture, { ...request, amount: disputed }, now) };
  });
}

const moveBody = z.strictObject({ state: z.enum(disputeStates) });

/** POST /disputes/{id}: what becomes of it. An inquiry becomes a chargeback by `needs_response`. */
export function moveDispute(books: AcquirerBooks, id: string, body: unknown, now: number): Answer {
  const { state } = parseOrRefuse(moveBody, body, describeError);
  return books.atomically(() => {
    const standing = books.disputes.find(id);
    if (!standing) throw new Refusal(404, describeError(404, 'there is no such dispute'));
    if (!mayFollow(standing.state, state)) throw conflict(`the dispute is ${standing.state}`);
    const escalates = standing.kind === 'inquiry' && !state.startsWith('warning_');
    const left = (books.movements.find(standing.captureReference)?.amount ?? 0) - standingOf(books, standing);
    if (escalates && standing.amount > left) throw conflict('more than chargebacks have left of the capture');
    return { status: 200, body: change(books, standing, state, escalates, now) };
  });
}

export function listDisputes(books: AcquirerBooks): Answer {
  return { status: 200, body: { data: books.disputes.list() } };
}

/** POST /disputes-settings: changes what is given; an empty body shows all. */
export function changeDisputeSettings(books: AcquirerBooks, { body }: Call): Answer {
  const changes = parseOrRefuse(disputeSettingsBody, body ?? {}, describeError);
  return { status: 200, body: books.disputeSettings.change(changes) };
}

/** Opens the disputes whose time has come. A capture that was cancelled or disputed in the meantime is left alone. */
export function openDueDisputes(books: AcquirerBooks, now: number): void {
  books.atomically(() => {
    for (const captureReference of books.disputes.takeDue(now)) {
      const capture = books.movements.find(captureReference);
      const left = (capture?.amount ?? 0) - books.disputes.standing(captureReference);
      if (capture?.state !== 'accepted' || left === 0) continue;
      open(books, capture, { amount: left, reason: 'fraudulent', kind: 'chargeback' }, now);
    }
  });
}

/** Notes, when a capture of a card that disputes was accepted, when it will. */
export function scheduleDispute(books: AcquirerBooks, capture: Movement, now: number): void {
  if (capture.operation !== 'capture' || capture.state !== 'accepted') return;
  if (!books.disputes.isMarked(capture.authorizationReference ?? '')) return;
  books.disputes.schedule(capture.reference, Math.round(now) + books.disputeSettings.read().afterSeconds * 1000);
}

function standingOf(books: AcquirerBooks, { captureReference }: Dispute): number {
  return books.disputes.standing(captureReference);
}

function open(
  books: AcquirerBooks,
  capture: Movement,
  request: Pick<Dispute, 'amount' | 'reason' | 'kind'>,
  now: number,
): Dispute {
  const at = new Date(now).toISOString();
  const isChargeback = request.kind === 'chargeback';
  const dispute: Dispute = {
    id: `dispute-${randomBytes(10).toString('hex')}`,
    version: 1,
    ...request,
    state: isChargeback ? 'needs_response' : 'warning_needs_response',
    currency: capture.currency ?? '',
    fee: isChargeback ? books.disputeSettings.read().fee : 0,
    feeReturned: 0,
    captureReference: capture.reference,
    authorizationReference: capture.authorizationReference ?? '',
    openedAt: at,
    updatedAt: at,
  };
  if (isChargeback) debit(books, dispute, now);
  return keep(books, undefined, dispute, now);
}

function change(books: AcquirerBooks, before: Dispute, state: DisputeState, escalates: boolean, now: number): Dispute {
  const { fee, feeReturned } = books.disputeSettings.read();
  const after: Dispute = {
    ...before,
    version: before.version + 1,
    state,
    ...(escalates ? { kind: 'chargeback', fee } : {}),
    ...(state === 'won' && feeReturned ? { feeReturned: before.fee } : {}),
    updatedAt: new Date(now).toISOString(),
  };
  if (escalates) debit(books, after, now);
  if (state === 'won') {
    const { id, amount: disputed, currency } = after;
    const returned = { amount: disputed, currency, fee: after.feeReturned === 0 ? 0 : -after.feeReturned };
    books.disputes.enter({ reference: id, operation: 'chargeback_reversal', ...returned, day: dayOf(now) });
  }
  return keep(books, before.state, after, now);
}

function debit(books: AcquirerBooks, { id, amount: disputed, currency, fee }: Dispute, now: number): void {
  books.disputes.enter({ reference: id, operation: 'chargeback', amount: disputed, currency, fee, day: dayOf(now) });
}

/** Writes the dispute and, in the same transaction, the message that tells of it. */
function keep(books: AcquirerBooks, from: DisputeState | undefined, dispute: Dispute, now: number): Dispute {
  books.disputes.put(dispute);
  const message = { type: notificationType(from, dispute.state), timestamp: dispute.updatedAt, data: dispute };
  const id = `msg_${randomBytes(15).toString('base64url')}`;
  books.notifications.add(id, JSON.stringify(message), Math.round(now));
  return dispute;
}

function conflict(message: string): Refusal {
  return new Refusal(409, { error: { code: 'not_possible', message } });
}
