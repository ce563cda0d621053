import type { MovementLookUpOutcome } from '../../../core/payments/acquirer.ts';
import { exchange } from '../exchange.ts';
import { isNotFound } from './answers.ts';
import type { Connection } from './connection.ts';
import { resourceUrl } from './connection.ts';
import { readMovement } from './movement-answers.ts';

/** GET /movements/{reference}. */
export async function lookUpMovement(connection: Connection, reference: string): Promise<MovementLookUpOutcome> {
  const about = `simulated acquirer, look up movement ${reference}`;
  const reply = await exchange({
    method: 'GET',
    url: resourceUrl(connection, 'movements', reference),
    timeoutMilliseconds: connection.lookUpTimeoutMilliseconds,
    about,
  });
  return isNotFound(reply) ? { kind: 'notFound' } : readMovement(reply, reference, about);
}
