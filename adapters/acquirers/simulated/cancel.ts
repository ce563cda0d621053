import type { CancellationOutcome } from '../../../core/payments/acquirer.ts';
import { exchange, unreadable } from '../exchange.ts';
import { readAuthorization } from './answers.ts';
import type { Connection } from './connection.ts';
import { authorizationsUrl } from './connection.ts';

/** POST /authorizations/{reference}/cancel. A declined authorization is closed already: nothing is held under it. */
export async function cancel(connection: Connection, reference: string): Promise<CancellationOutcome> {
  const about = `simulated acquirer, cancel ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: authorizationsUrl(connection, reference, 'cancel'),
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
