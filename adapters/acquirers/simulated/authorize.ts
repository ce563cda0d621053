import type { AuthorizationOutcome, AuthorizationRequest } from '../../../core/payments/acquirer.ts';
import { exchange } from '../exchange.ts';
import { readAuthorization } from './answers.ts';
import type { Connection } from './connection.ts';
import { resourceUrl } from './connection.ts';
import { toJsonInteger } from './json-integer.ts';

/** POST /authorizations. A reference that was cancelled before is declined `authorization_cancelled`. */
export async function authorize(connection: Connection, request: AuthorizationRequest): Promise<AuthorizationOutcome> {
  const { reference, amount, currency, card } = request;
  const about = `simulated acquirer, authorize ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: resourceUrl(connection, 'authorizations'),
    body: { reference, amount: toJsonInteger(amount), currency, card: pickCard(card) },
    timeoutMilliseconds: connection.authorizeTimeoutMilliseconds,
    about,
  });
  const outcome = readAuthorization(reply, reference, about);
  return outcome.kind === 'cancelled' ? { kind: 'declined', code: 'authorization_cancelled' } : outcome;
}

/** Only what the acquirer knows is sent, whatever else the object at hand carries. */
function pickCard({ number, expMonth, expYear, holderName, cvc }: AuthorizationRequest['card']) {
  return { number, expMonth, expYear, holderName, ...(cvc === undefined ? {} : { cvc }) };
}
