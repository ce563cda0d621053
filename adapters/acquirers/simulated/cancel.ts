import type { CancellationOutcome } from '../../../core/payments/acquirer.ts';
import { exchange, unreadable } from '../exchange.ts';
import { readAuthorization } from './answers.ts';
import type { Connection } from './connection.ts';
import { resourceUrl } from './connection.ts';

/**
 * POST /authorizations/{reference}/cancel. A declined authorization is closed already: nothing is held under it. Of one
 * that was captured in part, the rest is released and the captures stand.
 */
export async function cancel(connection: Connection, reference: string): Promise<CancellationOutcome> {
  const about = `simulated acquirer, cancel ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: resourceUrl(connection, 'authorizations', reference, 'cancel'),
    timeoutMilliseconds: connection.cancelTimeoutMilliseconds,
    about,
  });
  const outcome = readAuthorization(reply, reference, about);
  switch (outcome.kind) {
    case 'cancelled':
    case 'declined':
      return { kind: 'cancelled' };
    case 'approved':
      // The acquirer never leaves an approval standing when it is told to cancel.
      throw unreadable(about, reply.status);
  }
}
