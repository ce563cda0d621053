import * as z from 'zod';
import type { CancellationOutcome } from '../../../core/payments/acquirer.ts';
import { exchange } from '../exchange.ts';
import { sale, toApproved, unexpected } from './answers.ts';
import type { Connection } from './connection.ts';
import { callUrl } from './connection.ts';

const reversal = z.object({
  reversal: z.object({ merchantReference: z.string(), result: z.enum(['REVERSED', 'NOTHING_TO_REVERSE']) }),
});
const tooLate = z.object({ tooLate: sale });

/** POST /v2/reversals: taken for 24 hours after a sale. A sale that was refused is closed already. */
export async function cancel(connection: Connection, reference: string): Promise<CancellationOutcome> {
  const about = `single-message acquirer, cancel ${reference}`;
  const reply = await exchange({
    method: 'POST',
    url: callUrl(connection, 'reversals'),
    body: { merchantReference: reference },
    timeoutMilliseconds: connection.cancelTimeoutMilliseconds,
    about,
  });
  const reversed = reversal.safeParse(reply.body);
  if (reply.status === 200 && reversed.success && reversed.data.reversal.merchantReference === reference) {
    return { kind: 'cancelled' };
  }
  const late = tooLate.safeParse(reply.body);
  if (reply.status === 409 && late.success && late.data.tooLate.merchantReference === reference) {
    return { kind: 'tooLate', approval: toApproved(late.data.tooLate) };
  }
  throw unexpected(reply, about);
}
