import type { CaptureRequest, MovementOutcome } from '../../../core/payments/acquirer.ts';
import { exchange } from '../exchange.ts';
import type { Connection } from './connection.ts';
import { resourceUrl } from './connection.ts';
import { toJsonInteger } from './json-integer.ts';
import { readMovement } from './movement-answers.ts';

/** POST /captures. A reference that was cancelled before is refused `movement_cancelled`. */
export async function capture(connection: Connection, request: CaptureRequest): Promise<MovementOutcome> {
  const { reference, authorizationReference, amount, currency, isFinal } = request;
  const about = `simulated acquirer, capture ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: resourceUrl(connection, 'captures'),
    body: { reference, authorizationReference, amount: toJsonInteger(amount), currency, isFinal },
    timeoutMilliseconds: connection.moveTimeoutMilliseconds,
    about,
  });
  const outcome = readMovement(reply, reference, about);
  return outcome.kind === 'cancelled' ? { kind: 'refused', code: 'movement_cancelled' } : outcome;
}
