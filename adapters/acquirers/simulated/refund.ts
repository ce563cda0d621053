import type { MovementOutcome, RefundRequest } from '../../../core/payments/acquirer.ts';
import { exchange } from '../exchange.ts';
import type { Connection } from './connection.ts';
import { resourceUrl } from './connection.ts';
import { toJsonInteger } from './json-integer.ts';
import { readMovement } from './movement-answers.ts';

/** POST /refunds. A reference that was cancelled before is refused `movement_cancelled`. */
export async function refund(connection: Connection, request: RefundRequest): Promise<MovementOutcome> {
  const { reference, authorizationReference, amount, currency } = request;
  const about = `simulated acquirer, refund ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: resourceUrl(connection, 'refunds'),
    body: { reference, authorizationReference, amount: toJsonInteger(amount), currency },
    timeoutMilliseconds: connection.moveTimeoutMilliseconds,
    about,
  });
  const outcome = readMovement(reply, reference, about);
  return outcome.kind === 'cancelled' ? { kind: 'refused', code: 'movement_cancelled' } : outcome;
}
