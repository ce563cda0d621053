import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { lotIdOf } from '../../core/payments/movements/movement-transition.ts';
import type { CloudHere } from './cloud-here.ts';
import { operatorDynamo, tableName } from './operator-dynamo.ts';
import type { shopper } from './support.ts';
import { cardNumber, paymentOf } from './support.ts';

type Acquirer = (fault: object) => Promise<unknown>;

/** Captured, voided, refunded before and after the seller was paid; lost and found; run out; over several tenders; converted. */
export async function tellOfMovements(
  here: CloudHere,
  shopping: ReturnType<typeof shopper>,
  acquirer: Acquirer,
  clear: () => Promise<unknown>,
): Promise<void> {
  const { client, token } = shopping;
  const pay = async (index: number, changes: { capture?: 'automatic' } = {}) => {
    const body = { ...paymentOf(here, await token(cardNumber(index)), index), ...changes };
    return (await client.createPayment(body, randomUUID())).id;
  };
  await pay(399, { capture: 'automatic' });
  const captured = await pay(400);
  const { id } = await client.capturePayment(captured, {}, 'capture');
  await client.refundPayment(captured, { amount: 100, reason: 'story' }, 'refund');
  await claimLot(here, lotIdOf({ id }));
  await client.refundPayment(captured, { amount: 100, reason: 'story' }, 'refund-after-payout');
  await client.voidPayment(await pay(401), 'void');
  const lost = await pay(402);
  for (const operation of ['capture', 'refund']) {
    await acquirer({ operation, kind: 'drop_before', rate: 1, seed: 1 });
    if (operation === 'capture') await client.capturePayment(lost, {}, 'lost-capture');
    else await client.refundPayment(lost, { amount: 100, reason: 'story' }, 'lost-refund');
    await clear();
    await here.advance('PT3M');
  }
  await tellOfSplitTender(here, shopping, acquirer, clear);
  const { id: fxQuoteId } = await client.createFxQuote({ from: 'USD', to: 'EUR', amount: 1500, lock: '1h' }, 'story');
  const converted = { ...paymentOf(here, await token(cardNumber(440)), 440, 1500), currency: 'USD', fxQuoteId };
  await client.createPayment({ ...converted, capture: 'automatic' }, randomUUID());
}

/** The same over a gift card and a card: held, captured at once and later, refunded, voided, declined; lost and found. */
async function tellOfSplitTender(
  here: CloudHere,
  { client, token }: ReturnType<typeof shopper>,
  acquirer: Acquirer,
  clear: () => Promise<unknown>,
): Promise<void> {
  let index = 420;
  const pay = async (changes: { capture?: 'automatic'; number?: string } = {}) => {
    const { number, ...others } = changes;
    index += 1;
    const { code = '' } = await client.issueGiftCard({ amount: 300, currency: 'EUR' }, randomUUID());
    const card = { type: 'card', token: await token(number ?? cardNumber(index)) } as const;
    const body = {
      ...paymentOf(here, card.token, index),
      tenders: [{ type: 'gift_card', code } as const, card],
      ...others,
    };
    return (await client.createPayment(body, randomUUID())).id;
  };
  await pay({ capture: 'automatic' });
  const captured = await pay();
  await client.capturePayment(captured, { amount: 400, final: true }, 'split-capture');
  await client.refundPayment(captured, { reason: 'story' }, 'split-refund');
  await client.capturePayment(await pay(), { amount: 100, final: true }, 'split-final');
  await client.voidPayment(await pay(), 'split-void');
  await pay({ number: '4000000000009995' });
  const lost = await pay();
  await acquirer({ operation: 'capture', kind: 'drop_after', rate: 1, seed: 1 });
  await client.capturePayment(lost, {}, 'split-lost');
  await clear();
  await here.advance('PT3M');
}

/** What a payout will do: it claims the lot. */
export async function claimLot(here: CloudHere, lotId: string): Promise<void> {
  const dynamo = operatorDynamo(here);
  await dynamo.send(
    new UpdateItemCommand({
      TableName: tableName(here, 'LotsTable'),
      Key: { pk: { S: lotId } },
      UpdateExpression: 'SET #state = :claimed',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':claimed': { S: 'claimed' } },
    }),
  );
  dynamo.destroy();
}
