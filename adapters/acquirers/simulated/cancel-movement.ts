import type { MovementCancellationOutcome } from '../../../core/payments/acquirer.ts';
import { exchange } from '../exchange.ts';
import type { Connection } from './connection.ts';
import { resourceUrl } from './connection.ts';
import { readMovement } from './movement-answers.ts';

/** POST /movements/{reference}/cancel: taken until the acquirer's day is over and the movement goes to the networks. */
export async function cancelMovement(connection: Connection, reference: string): Promise<MovementCancellationOutcome> {
  const about = `simulated acquirer, cancel movement ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: resourceUrl(connection, 'movements', reference, 'cancel'),
    timeoutMilliseconds: connection.cancelTimeoutMilliseconds,
    about,
  });
  return readMovement(reply, reference, about);
}
