import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { CardToEncrypt, CreatePayment } from '../../packages/client/index.ts';
import { createClient } from '../../packages/client/index.ts';
import type { Instance } from '../throw-away-instance.ts';

export const ada: CardToEncrypt = {
  number: '4242 4242 4242 4242',
  expMonth: 12,
  expYear: 2030,
  cvc: '123',
  holderName: 'Ada Lovelace',
};

const records = z.object({ data: z.array(z.object({ reference: z.string() })) });
const dispute = z.looseObject({ id: z.string() });
const notifications = z.object({ data: z.array(z.object({ taken: z.boolean() })) });
/** A machine that does much else takes its time. */
const longestMilliseconds = 60_000;

/** Where the story happens: who calls the platform, and what cardholders and the acquirer do besides. */
export function openStage({ outputs, accessTokenFor }: Instance) {
  const clientWith = (scope: string) => createClient({ apiUrl: outputs.apiUrl, accessToken: accessTokenFor(scope) });
  const atAcquirer = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${outputs.acquirerUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    client: clientWith('payments/create'),
    operator: clientWith('operations/read'),
    order: (token: string, amount: number, changes: Partial<CreatePayment> = {}): CreatePayment => ({
      sellerId: outputs.demo.sellerId,
      amount,
      currency: 'EUR',
      tenders: [{ type: 'card', token }],
      buyer: { id: 'buyer-ada', email: 'ada@example.com' },
      context: {
        ip: '192.0.2.10',
        deviceId: 'ada-laptop',
        userAgent: 'demo',
        billingCountry: 'DE',
        shippingCountry: 'DE',
      },
      ...changes,
    }),
    acquirer: {
      /** How many movements of a payment the acquirer knows. */
      countOf: async (paymentId: string) =>
        records
          .parse(await atAcquirer('GET', '/records'))
          .data.filter(({ reference }) => reference.startsWith(paymentId)).length,
      /** From now on it does what it is asked, but its answers to this operation are lost. */
      loseAnswers: (operation: string) =>
        atAcquirer('POST', '/faults', { operation, kind: 'drop_after', rate: 1, seed: 1 }),
      mend: () => atAcquirer('DELETE', '/faults'),
      dispute: async (captureReference: string, reason: string) =>
        dispute.parse(await atAcquirer('POST', '/disputes', { captureReference, reason })).id,
      decide: (disputeId: string, state: 'won' | 'lost') => atAcquirer('POST', `/disputes/${disputeId}`, { state }),
      /** Waits until the platform has taken every notification. */
      toldAll: async () => {
        const end = Date.now() + longestMilliseconds;
        const isTold = async () =>
          notifications.parse(await atAcquirer('GET', '/notifications')).data.every(({ taken }) => taken);
        while (!(await isTold())) {
          if (Date.now() > end) throw new Error("The platform did not take the acquirer's notifications");
          await pause(20);
        }
      },
    },
  };
}

export type Stage = ReturnType<typeof openStage>;
