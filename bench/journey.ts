import type { CreatePayment, Payment, createClient } from '../packages/client/index.ts';
import { contextOf } from '../scripts/buyer-context.ts';

type Client = ReturnType<typeof createClient>;

/** One call of a payment's life. It answers the payment as it stands then. */
export interface Step {
  readonly name: string;
  /** What the payment has come to when the step went well. */
  readonly status: Payment['status'];
  readonly run: (client: Client, order: CreatePayment, payment: Payment | undefined) => Promise<Payment>;
}

/** What is measured, call by call. */
export const journey: readonly Step[] = [
  {
    name: 'authorize',
    status: 'authorized',
    run: (client, order) => client.createPayment(order, crypto.randomUUID()),
  },
  {
    name: 'capture',
    status: 'captured',
    run: async (client, _order, payment) => {
      if (!payment) throw new Error('A capture needs the payment of the step before');
      const { status } = await client.capturePayment(payment.id, {}, crypto.randomUUID());
      if (status !== 'succeeded') throw new Error(`The capture is ${status}`);
      return { ...payment, status: 'captured' };
    },
  },
];

/** A card is used a few times, as saved cards are, and less often than the rules of velocity allow within an hour. */
export const paymentsPerCard = 5;

/** A payment by a buyer of their own, with a device and an address of their own. */
export function orderOf(sellerId: string, token: string, index: number): CreatePayment {
  return {
    sellerId,
    amount: 1000 + (index % 9000),
    currency: 'EUR',
    tenders: [{ type: 'card', token }],
    buyer: { id: `buyer-${index}`, email: `buyer-${index}@example.com` },
    context: contextOf(
      index,
      `device-${index}`,
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ),
  };
}
