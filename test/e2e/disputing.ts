import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Connection } from '../../scripts/throw-away-instance.ts';
import type { shopper } from './support.ts';
import { cardNumber, paymentOf } from './support.ts';

const told = z.object({
  id: z.string(),
  taken: z.boolean(),
  attempts: z.int(),
  body: z.looseObject({ data: z.looseObject({ id: z.string(), version: z.int().optional() }) }),
});
const acquirersDispute = z.looseObject({ id: z.string(), version: z.int() });

/** What cardholders and the acquirer do, by its own controls. */
export function acquirerOf({ outputs }: Connection) {
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${outputs.acquirerUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const notifications = async () => z.object({ data: z.array(told) }).parse(await send('GET', '/notifications')).data;
  return {
    send,
    dispute: async (captureReference: string, changes: object = {}) =>
      acquirersDispute.parse(await send('POST', '/disputes', { captureReference, ...changes })),
    move: (id: string, state: string) => send('POST', `/disputes/${id}`, { state }),
    /** From now on notifications are lost on the way. */
    hold: () => send('POST', '/faults', { operation: 'notify', kind: 'drop_before' }),
    release: () => send('DELETE', '/faults'),
    /** Sends what was told of a dispute's version, again if need be; answers our status. */
    tell: async (id: string, version: number) => {
      const found = (await notifications()).find(({ body: { data } }) => data.id === id && data.version === version);
      const answer = await send('POST', `/notifications/${found?.id ?? 'none'}/send`);
      return z.object({ status: z.int() }).parse(answer).status;
    },
    /** How often a dispute's first message was sent. */
    attempts: async (id: string) => (await notifications()).find(({ body: { data } }) => data.id === id)?.attempts ?? 0,
    /** Waits until everything was taken that is due by now. */
    allTaken: async () => {
      await eventually(async () => (await notifications()).every(({ taken }) => taken));
    },
    notifications,
  };
}

/** On a busy machine a function's first call alone takes many seconds. */
const longestMilliseconds = 60_000;

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + longestMilliseconds;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Pays with a card of its own and captures all of it; answers payment and capture. */
export async function givenCapturedPayment(
  here: Connection,
  { client, token }: ReturnType<typeof shopper>,
  index: number,
  amount = 10_000,
) {
  const card = await token(cardNumber(index));
  const { id } = await client.createPayment(paymentOf(here, card, index, amount), randomUUID());
  const capture = await client.capturePayment(id, {}, randomUUID());
  return { paymentId: id, captureId: capture.id, reference: capture.reference };
}
