import * as z from 'zod';
import type { MovementCancellationOutcome } from '../../../core/payments/acquirer.ts';
import { exchange } from '../exchange.ts';
import { credit, refusalCodeOf, responseCode, unexpected } from './answers.ts';
import type { Connection } from './connection.ts';
import { callUrl } from './connection.ts';

const reversal = z.object({
  reversal: z.discriminatedUnion('result', [
    z.object({ merchantReference: z.string(), result: z.literal('REVERSED') }),
    z.object({ merchantReference: z.string(), result: z.literal('NOTHING_TO_REVERSE'), responseCode }),
  ]),
});
const tooLate = z.object({ tooLate: credit });

/** POST /v2/reversals of a credit: taken for 24 hours after it. One that was refused has nothing to reverse. */
export async function cancelMovement(connection: Connection, reference: string): Promise<MovementCancellationOutcome> {
  const about = `single-message acquirer, cancel movement ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: callUrl(connection, 'reversals'),
    body: { merchantReference: reference },
    timeoutMilliseconds: connection.cancelTimeoutMilliseconds,
    about,
  });
  const answer = reversal.safeParse(reply.body);
  if (reply.status === 200 && answer.success && answer.data.reversal.merchantReference === reference) {
    const { reversal: done } = answer.data;
    if (done.result === 'REVERSED') return { kind: 'cancelled' };
    return { kind: 'refused', code: refusalCodeOf(done.responseCode) };
  }
  const late = tooLate.safeParse(reply.body);
  if (reply.status === 409 && late.success && late.data.tooLate.merchantReference === reference) {
    return { kind: 'accepted', networkReference: late.data.tooLate.retrievalReference };
  }
  throw unexpected(reply, about);
}
