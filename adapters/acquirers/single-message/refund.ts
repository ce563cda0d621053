import * as z from 'zod';
import type { MovementOutcome, RefundRequest } from '../../../core/payments/acquirer.ts';
import { exchange } from '../exchange.ts';
import { credit, refusal, refusalCodeOf, unexpected } from './answers.ts';
import type { Connection } from './connection.ts';
import { callUrl } from './connection.ts';
import { toMajorUnits } from './major-units.ts';

const approval = z.object({ credit });

/** POST /v2/credits. A reference that was reversed before is refused `movement_cancelled`. */
export async function refund(connection: Connection, request: RefundRequest): Promise<MovementOutcome> {
  const { reference, authorizationReference, amount, currency } = request;
  const about = `single-message acquirer, refund ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: callUrl(connection, 'credits'),
    body: {
      merchantReference: reference,
      originalReference: authorizationReference,
      total: { value: toMajorUnits(amount, currency), currency },
    },
    timeoutMilliseconds: connection.refundTimeoutMilliseconds,
    about,
  });
  const approved = approval.safeParse(reply.body);
  if (reply.status === 201 && approved.success && approved.data.credit.merchantReference === reference) {
    return { kind: 'accepted', networkReference: approved.data.credit.retrievalReference };
  }
  const refused = refusal.safeParse(reply.body);
  if (reply.status === 402 && refused.success && refused.data.refusal.merchantReference === reference) {
    return { kind: 'refused', code: refusalCodeOf(refused.data.refusal.responseCode) };
  }
  throw unexpected(reply, about);
}
