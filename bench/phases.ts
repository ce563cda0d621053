import { clientCredentials, createClient } from '../packages/client/index.ts';
import type { CreatePayment, Payment } from '../packages/client/index.ts';
import type { Instance } from '../scripts/throw-away-instance.ts';
import { cardNumber } from '../scripts/card-number.ts';
import { journey, orderOf, paymentsPerCard } from './journey.ts';
import { runLoad } from './load.ts';
import type { LoadOptions, LoadResult } from './load.ts';
import { meterOf } from './meter-client.ts';
import type { MeterReport } from './meter-client.ts';

/** A run of payments, with what the meter counted meanwhile. */
export interface Phase {
  readonly width: number;
  readonly load: LoadResult;
  /** Milliseconds of each step, in ascending order. */
  readonly steps: ReadonlyMap<string, readonly number[]>;
  readonly meter: MeterReport;
}

/** Longer than transitions wait for one another before they are booked: without it nobody would pay for the books. */
const journalWindow = 'PT61S';

/** Makes payments on an instance, one phase after the other. No two payments have the same buyer. */
export function createPhases(instance: Instance) {
  const { outputs, baseUrl } = instance;
  const scope = 'payments/create';
  const machine = outputs.clients.find(({ scopes }) => scopes.includes(scope));
  if (!machine) throw new Error(`No machine client has the scope ${scope}`);
  const accessToken = clientCredentials({ tokenUrl: outputs.tokenUrl, ...machine });
  const client = createClient({ apiUrl: outputs.apiUrl, accessToken });
  const meter = meterOf(baseUrl);
  let buyers = 0;
  let cards = 0;

  const givenOrders = async (count: number): Promise<readonly CreatePayment[]> => {
    const tokens: string[] = [];
    const first = cards;
    cards += Math.ceil(count / paymentsPerCard);
    await runLoad({ count: cards - first, width: 8, longestMilliseconds: Infinity }, async (index) => {
      const card = { number: cardNumber(first + index), expMonth: 12, expYear: 2035, cvc: '837' };
      tokens.push((await client.createToken({ ...card, holderName: 'Ada Lovelace' })).id);
    });
    const firstBuyer = buyers;
    buyers += count;
    return Array.from({ length: count }, (_, index) =>
      orderOf(outputs.demo.sellerId, tokens[index % tokens.length] ?? '', firstBuyer + index),
    );
  };

  const pay = async (order: CreatePayment, steps: ReadonlyMap<string, number[]>): Promise<void> => {
    let payment: Payment | undefined;
    for (const { name, status, run } of journey) {
      const begunAt = performance.now();
      payment = await run(client, order, payment);
      if (payment.status !== status) throw new Error(`${name} left the payment ${payment.status}, not ${status}`);
      steps.get(name)?.push(performance.now() - begunAt);
    }
  };

  return async (options: LoadOptions): Promise<Phase> => {
    const orders = await givenOrders(options.count);
    const steps = new Map(journey.map(({ name }) => [name, new Array<number>()]));
    // Streams and events of what came before would be counted with what comes now.
    await instance.advance(journalWindow);
    await meter.reset();
    const load = await runLoad(options, async (index) => {
      const order = orders[index];
      if (order) await pay(order, steps);
    });
    await instance.advance(journalWindow);
    return { width: options.width, load, steps, meter: await meter.read() };
  };
}
