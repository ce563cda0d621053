/**
 * The story so far, told step by step on a throw-away instance. Ends with 0 when every step held.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { CardToEncrypt, CreatePayment, Payment } from '../packages/client/index.ts';
import { createClient } from '../packages/client/index.ts';
import type { Instance } from './throw-away-instance.ts';
import { startInstance } from './throw-away-instance.ts';

const ada: CardToEncrypt = {
  number: '4242 4242 4242 4242',
  expMonth: 12,
  expYear: 2030,
  cvc: '123',
  holderName: 'Ada Lovelace',
};
const acquirerBook = z.object({ data: z.array(z.object({ reference: z.string() })) });
const step = (number: number, text: string) => console.log(`\n${number}. ${text}`);
const say = (text: string) => console.log(`   ${text}`);

const startedAt = Date.now();
const instance = await startInstance();
try {
  await tell(instance);
  await tellOfTheBooks(instance);
  console.log(`\nEvery step held (${((Date.now() - startedAt) / 1000).toFixed(1)} s).`);
} finally {
  await instance.stop();
}

async function tell({ outputs, accessTokenFor, advance, now }: Instance): Promise<void> {
  const client = createClient({ apiUrl: outputs.apiUrl, accessToken: accessTokenFor('payments/create') });
  const order = (token: string, amount: number): CreatePayment => ({
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
  });

  step(1, 'The whole stack runs on this machine.');
  say(`API ${outputs.apiUrl}, acquirer ${outputs.acquirerUrl}`);

  step(2, "Ada's card is encrypted for the vault's key and becomes a token.");
  const token = await client.createToken(ada, await now());
  say(`${token.id}: ${token.brand} ${token.funding}, ends in ${token.last4}`);
  assert.equal(token.last4, '4242');

  step(3, 'She pays 42.00 EUR: scored, authorized by the acquirer, recorded.');
  const paid = await client.createPayment(order(token.id, 4200), 'demo-order-1');
  describePayment(paid);
  assert.equal(paid.status, 'authorized');

  step(4, 'Her browser sends the same request again: it finds the same payment, and nobody is charged twice.');
  const again = await client.createPayment(order(token.id, 4200), 'demo-order-1');
  describePayment(again);
  assert.deepEqual(again, paid);
  assert.equal((await acquirerRecords(outputs.acquirerUrl, paid.id)).length, 1);

  step(5, "Bob's bank declines: a decline is an answer, not an error.");
  const bob = await client.createToken({ ...ada, number: '4000000000009995', holderName: 'Bob' }, await now());
  const declined = await client.createPayment(order(bob.id, 9900), 'demo-order-2');
  describePayment(declined);
  assert.equal(declined.status, 'declined');
  assert.equal(declined.declineCode, 'insufficient_funds');

  step(6, 'The acquirer commits an authorization, but its answer is lost on the way.');
  const carol = await client.createToken({ ...ada, number: '5555555555554444', holderName: 'Carol' }, await now());
  await post(`${outputs.acquirerUrl}/faults`, { operation: 'authorize', kind: 'drop_after', rate: 1, seed: 1 });
  const unknown = await client.createPayment(order(carol.id, 1500), 'demo-order-3');
  describePayment(unknown);
  assert.equal(unknown.status, 'processing');
  await fetch(`${outputs.acquirerUrl}/faults`, { method: 'DELETE' });

  step(7, 'Nobody tries again: within minutes the resolver asks the acquirer by reference.');
  await advance('PT3M');
  const resolved = await client.getPayment(unknown.id);
  describePayment(resolved);
  assert.equal(resolved.status, 'authorized');

  await tellOfMovements(client, paid.id);
  await tellOfSplitTender(client, (tenders) => ({ ...order(token.id, 10_000), tenders }), token.id);

  step(12, 'The timeline tells what happened.');
  const { data } = await client.getTimeline(unknown.id);
  for (const { at, kind, ...rest } of data) say(`${at}  ${kind.padEnd(10)} ${Object.values(rest).join(' ')}`);
  assert.ok(data.some(({ kind }) => kind === 'run'));
}

/** A minute later the books hold everything, and anybody can prove them from the stored data. */
async function tellOfTheBooks({ outputs, accessTokenFor, advance, dataDir }: Instance): Promise<void> {
  step(13, 'Two minutes later everything is in the books, and debits equal credits.');
  await advance('PT2M');
  const operator = createClient({ apiUrl: outputs.apiUrl, accessToken: accessTokenFor('operations/read') });
  const { currencies } = await operator.getTrialBalance();
  for (const { currency, debit, credit, difference, accounts } of currencies) {
    for (const { account, balance } of accounts) say(`${account.padEnd(20)} ${balance.padStart(8)} ${currency}`);
    say(`debits ${debit}, credits ${credit}: the difference is ${difference} ${currency}`);
    assert.equal(difference, '0');
  }
  assert.ok(currencies.length > 0);

  step(14, 'An auditor proves the journal from the stored data, without asking the platform: npm run verify:ledger.');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'scripts/verify-ledger.ts', '--settled'],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), env: { ...process.env, QUITTANCE_DATA_DIR: dataDir } },
  );
  for (const line of stdout.trimEnd().split('\n')) say(line);
}

/** Captured in part, refunded, and more than there is. */
async function tellOfMovements(client: ReturnType<typeof createClient>, id: string): Promise<void> {
  step(
    8,
    "Ada's order is shipped: 40.00 EUR are captured, and the rest is released. One item was damaged: 5.00 EUR go back.",
  );
  await client.capturePayment(id, { amount: 4000, final: true }, 'demo-shipped');
  const refund = await client.refundPayment(id, { amount: 500, reason: 'arrived damaged' }, 'demo-damaged');
  say(`${refund.id}: ${refund.status}, the payment is ${refund.payment.status}`);
  assert.deepEqual([refund.payment.amountCaptured, refund.payment.amountRefunded], [4000, 500]);

  step(9, 'Forty people press "refund 1.00 EUR" at once: 35.00 EUR are left, so 35 of them are served.');
  const pressed = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) =>
      client.refundPayment(id, { amount: 100, reason: 'goodwill' }, `demo-goodwill-${index}`),
    ),
  );
  const served = pressed.filter(({ status }) => status === 'fulfilled').length;
  const { status, amountRefunded } = await client.getPayment(id);
  say(`${served} served; the payment is ${status}, ${amountRefunded / 100} EUR given back in all`);
  assert.deepEqual([served, status, amountRefunded], [35, 'refunded', 4000]);
}

/** Paid with a gift card and a card, delivered in part, and one thing sent back. */
async function tellOfSplitTender(
  client: ReturnType<typeof createClient>,
  orderOf: (tenders: CreatePayment['tenders']) => CreatePayment,
  token: string,
): Promise<void> {
  step(
    10,
    'Ada has a gift card of 30.00 EUR: it pays first, her card pays the rest of 100.00 EUR. Both are held before any is taken.',
  );
  const { id, code = '' } = await client.issueGiftCard({ amount: 3000, currency: 'EUR' }, 'demo-gift-card');
  const tenders = [
    { type: 'gift_card', code },
    { type: 'card', token },
  ] as const;
  const paid = await client.createPayment(orderOf(tenders), 'demo-order-4');
  describePayment(paid);
  assert.deepEqual(
    paid.tenders.map(({ type, amount }) => [type, amount]),
    [
      ['gift_card', 3000],
      ['card', 7000],
    ],
  );
  assert.deepEqual([(await client.getGiftCard(id)).held, (await client.getGiftCard(id)).available], [3000, 0]);

  step(11, '90.00 EUR are delivered and captured; 65.00 EUR come back: first to her card, then onto the gift card.');
  await client.capturePayment(paid.id, { amount: 9000, final: true }, 'demo-delivered');
  const refund = await client.refundPayment(paid.id, { amount: 6500, reason: 'sent back' }, 'demo-sent-back');
  for (const { type, amount } of refund.allocation) say(`${amount / 100} EUR to the ${type.replace('_', ' ')}`);
  const { balance } = await client.getGiftCard(id);
  say(`The gift card has ${balance / 100} EUR again.`);
  assert.equal(balance, 500);
}

function describePayment({ id, status, amount, currency, declineCode, fraud }: Payment): void {
  const price = new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 100);
  const why = declineCode === undefined ? '' : ` (${declineCode})`;
  const score = fraud === undefined ? '' : `, fraud score ${fraud.score}`;
  say(`${id}: ${price} ${status}${why}${score}`);
}

async function acquirerRecords(acquirerUrl: string, paymentId: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${acquirerUrl}/records`);
  return acquirerBook.parse(await answer.json()).data.filter(({ reference }) => reference.startsWith(paymentId));
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${url} answered ${answer.status}`);
}
