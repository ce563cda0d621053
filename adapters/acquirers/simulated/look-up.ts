import type { LookUpOutcome } from '../../../core/payments/acquirer.ts';
import { exchange } from '../exchange.ts';
import { isNotFound, readAuthorization } from './answers.ts';
import type { Connection } from './connection.ts';
import { resourceUrl } from './connection.ts';

/** GET /authorizations/{reference}. */
export async function lookUp(connection: Connection, reference: string): Promise<LookUpOutcome> {
  const about = `simulated acquirer, look up ${reference}`;
  const reply = await exchange({
    method: 'GET',
    url: resourceUrl(connection, 'authorizations', reference),
    timeoutMilliseconds: connection.lookUpTimeoutMilliseconds,
    about,
  });
  return isNotFound(reply) ? { kind: 'notFound' } : readAuthorization(reply, reference, about);
}
