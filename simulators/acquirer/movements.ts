import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Answer } from '../house/server.ts';
import { amount, currency, describeError, reference, referenceConflict } from './api.ts';
import type { AcquirerBooks } from './books.ts';
import { scheduleDispute } from './disputes.ts';
import { feeOf } from './fees.ts';
import type { Movement } from './movement-books.ts';
import type { MovementRequest } from './movement-rules.ts';
import { dayOf, isCancellable, refusalOf } from './movement-rules.ts';

const refundBody = z.strictObject({ reference, authorizationReference: reference, amount, currency });
const captureBody = refundBody.extend({ isFinal: z.boolean() });

/** POST /captures. */
export function capture(books: AcquirerBooks, body: unknown, now: number, feeBasisPoints: number): Answer {
  const request = parseOrRefuse(captureBody, body, describeError);
  return move(books, { ...request, operation: 'capture' }, now, feeOf(request.amount, feeBasisPoints));
}

/** POST /refunds. The fee of the capture is not given back, and a refund has none of its own. */
export function refund(books: AcquirerBooks, body: unknown, now: number): Answer {
  const request = parseOrRefuse(refundBody, body, describeError);
  return move(books, { ...request, operation: 'refund', isFinal: false }, now, 0);
}

/** GET /movements/{reference}. */
export function lookUpMovement(books: AcquirerBooks, of: string): Answer {
  const found = books.movements.find(of);
  if (!found) return { status: 404, body: describeError(404, 'no capture or refund has this reference') };
  return { status: 200, body: present(found) };
}

/** POST /movements/{reference}/cancel: cancels what can be cancelled, leaves a tombstone where nothing was. */
export function cancelMovement(books: AcquirerBooks, of: string, now: number): Answer {
  return books.atomically(() => {
    if (books.authorizations.find(of)) throw referenceConflict('for an authorization');
    const standing = books.movements.find(of);
    if (!standing) {
      const cancelled = tombstone(of, now);
      books.movements.record(cancelled);
      return { status: 200, body: present(cancelled) };
    }
    const { state, authorizationReference } = standing;
    if (state === 'accepted' && isCancellable(standing, books.movements.totals(authorizationReference ?? ''), now)) {
      books.movements.cancel(of);
      return { status: 200, body: present({ ...standing, state: 'cancelled', code: 'cancelled' }) };
    }
    return { status: 200, body: present(standing) };
  });
}

/**
 * Decides and writes in one transaction, so that of movements that race only those are accepted that fit together.
 * What was refused stays refused under its reference.
 */
function move(books: AcquirerBooks, request: MovementRequest, now: number, fee: number): Answer {
  return books.atomically(() => {
    if (books.authorizations.find(request.reference)) throw referenceConflict('for an authorization');
    const standing = books.movements.find(request.reference);
    if (standing && !isSame(standing, request)) throw referenceConflict('for another capture or refund');
    if (standing) return { status: 200, body: present(standing) };
    const { authorizationReference } = request;
    const authorization = books.authorizations.find(authorizationReference);
    const refusal = refusalOf(request, authorization, books.movements.totals(authorizationReference), now);
    const movement: Movement = {
      ...request,
      isFinal: request.isFinal ? 1 : 0,
      state: refusal === undefined ? 'accepted' : 'refused',
      code: refusal ?? 'accepted',
      fee: refusal === undefined ? fee : null,
      networkReference: refusal === undefined ? `ntx_${randomBytes(10).toString('hex')}` : null,
      day: dayOf(now),
    };
    books.movements.record(movement);
    scheduleDispute(books, movement, now);
    return { status: 200, body: present(movement) };
  });
}

/** Where a cancellation came first there is nothing to compare: the movement is refused whatever it asks. */
function isSame(standing: Movement, request: MovementRequest): boolean {
  return (
    standing.operation === 'cancel' ||
    (standing.operation === request.operation &&
      standing.authorizationReference === request.authorizationReference &&
      standing.amount === request.amount &&
      standing.currency === request.currency &&
      standing.isFinal === (request.isFinal ? 1 : 0))
  );
}

function tombstone(of: string, now: number): Movement {
  return {
    reference: of,
    operation: 'cancel',
    state: 'cancelled',
    code: 'cancelled',
    authorizationReference: null,
    amount: null,
    currency: null,
    isFinal: null,
    fee: null,
    networkReference: null,
    day: dayOf(now),
  };
}

function present({ isFinal, day: _, ...movement }: Movement): unknown {
  return { ...movement, isFinal: isFinal === null ? null : isFinal === 1 };
}
