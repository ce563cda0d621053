import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { meterOf } from '../../bench/meter-client.ts';
import type { MeterReport } from '../../bench/meter-client.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';

let here: CloudHere;

beforeAll(async () => {
  here = await startCloudHere();
});

afterAll(async () => {
  await here.stop();
});

/** What a payment's own tables and their indexes were charged; the journal's segments hold many payments each. */
function unitsOf({ items }: MeterReport): Readonly<Record<string, number>> {
  const units: Record<string, number> = {};
  for (const { accesses } of items.calls) {
    for (const { kind, table, units: own, indexes } of accesses) {
      const name = /(?:Payments|Lots|Cvc|Tokens|Guards)Table/u.exec(table)?.[0];
      if (kind !== 'write' || name === undefined) continue;
      const all = own + indexes.reduce((sum, index) => sum + index.units, 0);
      units[name] = (units[name] ?? 0) + all;
    }
  }
  return units;
}

test('a payment that is authorized and captured writes at most 14 units, and nothing once it has come to its end', async () => {
  const buyer = shopper(here);
  const token = await buyer.token(cardNumber(1));
  await here.advance('PT0S');
  const meter = meterOf(here.baseUrl);
  await meter.reset();
  const { id } = await buyer.client.createPayment(paymentOf(here, token, 1), randomUUID());
  await buyer.client.capturePayment(id, {}, randomUUID());
  await here.advance('PT0S');
  const expected = { PaymentsTable: 11, LotsTable: 2, CvcTable: 1 };
  expect(unitsOf(await meter.read())).toEqual(expected);
  expect(Object.values(expected).reduce((sum, units) => sum + units, 0)).toBeLessThanOrEqual(14);
  // The watch sees it, and sees that nothing is left to do.
  await here.advance('PT5M');
  expect(unitsOf(await meter.read())).toEqual(expected);
});
