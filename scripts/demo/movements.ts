import assert from 'node:assert/strict';
import { describePayment, money, say, step } from './narrate.ts';
import type { Stage } from './stage.ts';

/** Captured in part, refunded, and more than there is. */
export async function tellOfMovements({ client }: Stage, id: string): Promise<void> {
  step(
    "Ada's order is shipped: 40.00 EUR are captured, and the rest is released. One item was damaged: 5.00 EUR go back.",
  );
  await client.capturePayment(id, { amount: 4000, final: true }, 'demo-shipped');
  const refund = await client.refundPayment(id, { amount: 500, reason: 'arrived damaged' }, 'demo-damaged');
  say(`${refund.id}: ${refund.status}, the payment is ${refund.payment.status}`);
  assert.deepEqual([refund.payment.amountCaptured, refund.payment.amountRefunded], [4000, 500]);

  step('Forty people press "refund 1.00 EUR" at once: 35.00 EUR are left, so 35 of them are served.');
  const pressed = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) =>
      client.refundPayment(id, { amount: 100, reason: 'goodwill' }, `demo-goodwill-${index}`),
    ),
  );
  const served = pressed.filter(({ status }) => status === 'fulfilled').length;
  const { status, amountRefunded } = await client.getPayment(id);
  say(`${served} served; the payment is ${status}, ${money(amountRefunded, 'EUR')} given back in all`);
  assert.deepEqual([served, status, amountRefunded], [35, 'refunded', 4000]);
}

/** Paid with a gift card and a card, delivered in part, and one thing sent back. */
export async function tellOfSplitTender({ client, order }: Stage, token: string): Promise<void> {
  step(
    'Ada has a gift card of 30.00 EUR: it pays first, her card pays the rest of 100.00 EUR. Both are held before any is taken.',
  );
  const { id, code = '' } = await client.issueGiftCard({ amount: 3000, currency: 'EUR' }, 'demo-gift-card');
  const tenders = [
    { type: 'gift_card', code },
    { type: 'card', token },
  ] as const;
  const paid = await client.createPayment(order(token, 10_000, { tenders }), 'demo-order-4');
  describePayment(paid);
  assert.deepEqual(
    paid.tenders.map(({ type, amount }) => [type, amount]),
    [
      ['gift_card', 3000],
      ['card', 7000],
    ],
  );
  const { held, available } = await client.getGiftCard(id);
  assert.deepEqual([held, available], [3000, 0]);

  step('90.00 EUR are delivered and captured; 65.00 EUR come back: first to her card, then onto the gift card.');
  await client.capturePayment(paid.id, { amount: 9000, final: true }, 'demo-delivered');
  const refund = await client.refundPayment(paid.id, { amount: 6500, reason: 'sent back' }, 'demo-sent-back');
  for (const { type, amount } of refund.allocation) say(`${money(amount, 'EUR')} to the ${type.replace('_', ' ')}`);
  const { balance } = await client.getGiftCard(id);
  say(`The gift card has ${money(balance, 'EUR')} again.`);
  assert.equal(balance, 500);
}

/** Paid in the buyer's currency at a rate that was promised. */
export async function tellOfCurrencies({ client, order }: Stage, token: string): Promise<void> {
  step('Ada is in Chicago: she is promised for an hour what 120.00 USD are in the euros that the seller takes.');
  const quote = await client.createFxQuote({ from: 'USD', to: 'EUR', amount: 12_000, lock: '1h' }, 'demo-quote');
  say(`${money(quote.amount, 'USD')} are ${money(quote.convertedAmount, 'EUR')} until ${quote.expiresAt}`);

  step(
    'She pays in dollars by that quote; half is captured, then the other half, and nobody loses a cent to rounding.',
  );
  const paid = await client.createPayment(
    order(token, quote.amount, { currency: 'USD', fxQuoteId: quote.id }),
    'demo-order-5',
  );
  describePayment(paid);
  assert.equal(paid.conversion?.amount, quote.convertedAmount);
  await client.capturePayment(paid.id, { amount: 6001 }, 'demo-first-half');
  const { payment } = await client.capturePayment(paid.id, {}, 'demo-second-half');
  assert.deepEqual([payment.status, payment.amountCaptured], ['captured', 12_000]);
}

/** A cardholder does not know what was paid; the acquirer takes the money, and gives it back when we are right. */
export async function tellOfADispute({ client, operator, order, acquirer }: Stage, token: string): Promise<void> {
  step('A cardholder disputes 80.00 EUR: the acquirer tells us, signed, and takes the money at once.');
  const { id } = await client.createPayment(order(token, 8000, { capture: 'automatic' }), 'demo-order-6');
  const [capture] = (await client.getPayment(id)).captures;
  const disputeId = await acquirer.dispute(capture?.reference ?? '', 'fraudulent');
  await acquirer.toldAll();
  const [dispute] = (await operator.listDisputes()).data;
  say(`${dispute?.id ?? ''}: ${dispute?.state ?? ''}, to be answered by ${dispute?.replyBy ?? ''}`);
  assert.deepEqual([dispute?.paymentId, (await client.getPayment(id)).status], [id, 'disputed']);

  step('The evidence convinces: the dispute is won, and the money comes back.');
  await acquirer.decide(disputeId, 'won');
  await acquirer.toldAll();
  describePayment(await client.getPayment(id));
  assert.equal((await client.getPayment(id)).status, 'captured');
}
