import { randomUUID } from 'node:crypto';
import type { CloudHere } from './cloud-here.ts';
import { invokeFunction } from './invoke-function.ts';
import type { shopper } from './support.ts';
import { cardNumber, paymentOf } from './support.ts';

/** By the acquirer's cut-off a capture is still pending in our book, and its file has a line of nobody. */
export async function beginSettlement(
  here: CloudHere,
  { client, token }: ReturnType<typeof shopper>,
  acquirer: (fault: object) => Promise<unknown>,
): Promise<void> {
  const payment = await client.createPayment(paymentOf(here, await token(cardNumber(450)), 450), randomUUID());
  for (const operation of ['capture', 'lookUpMovement'])
    await acquirer({ operation, kind: 'drop_after', rate: 1, seed: 1 });
  await client.capturePayment(payment.id, {}, randomUUID());
  const date = (await here.now()).toISOString().slice(0, 10);
  await fetch(`${here.outputs.acquirerUrl}/settlement-faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ date, kind: 'stranger' }),
  });
}

/** The acquirer answers again, and what was held is explained. The run is an operator's. */
export async function endSettlement(here: CloudHere, clear: () => Promise<unknown>): Promise<void> {
  await clear();
  await here.advance('PT1H');
  await invokeFunction(here, 'SettlementReconcileSettlement');
}
