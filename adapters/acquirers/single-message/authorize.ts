import * as z from 'zod';
import type { AuthorizationOutcome, AuthorizationRequest } from '../../../core/payments/acquirer.ts';
import type { Reply } from '../exchange.ts';
import { exchange } from '../exchange.ts';
import { declineCodeOf, refusal, sale, toApproved, unexpected } from './answers.ts';
import type { Connection } from './connection.ts';
import { callUrl } from './connection.ts';
import { toMajorUnits } from './major-units.ts';

/** POST /v2/sales: authorizes and captures in one message. A reference that was reversed before is declined. */
export async function authorize(connection: Connection, request: AuthorizationRequest): Promise<AuthorizationOutcome> {
  const { reference, amount, currency, card } = request;
  const about = `single-message acquirer, authorize ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: callUrl(connection, 'sales'),
    body: {
      merchantReference: reference,
      total: { value: toMajorUnits(amount, currency), currency },
      account: {
        pan: card.number,
        expiry: toExpiry(card),
        ...(card.cvc === undefined ? {} : { cvc: card.cvc }),
        cardholder: card.holderName,
      },
    },
    timeoutMilliseconds: connection.authorizeTimeoutMilliseconds,
    about,
  });
  return readOutcome(reply, reference, about);
}

const approval = z.object({ sale });

function readOutcome(reply: Reply, reference: string, about: string): AuthorizationOutcome {
  const approved = approval.safeParse(reply.body);
  if (reply.status === 201 && approved.success && approved.data.sale.merchantReference === reference) {
    return toApproved(approved.data.sale);
  }
  const refused = refusal.safeParse(reply.body);
  if (reply.status === 402 && refused.success && refused.data.refusal.merchantReference === reference) {
    return { kind: 'declined', code: declineCodeOf(refused.data.refusal.responseCode) };
  }
  throw unexpected(reply, about);
}

/** MMYY. */
function toExpiry({ expMonth, expYear }: AuthorizationRequest['card']): string {
  return `${String(expMonth).padStart(2, '0')}${String(expYear % 100).padStart(2, '0')}`;
}
