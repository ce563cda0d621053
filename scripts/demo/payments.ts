import assert from 'node:assert/strict';
import type { Instance } from '../throw-away-instance.ts';
import { describePayment, say, step } from './narrate.ts';
import type { Stage } from './stage.ts';
import { ada } from './stage.ts';

/** Paid, paid twice, declined, and paid without anybody knowing. Answers Ada's token, what she paid, and what was unknown. */
export async function tellOfPayments({ client, order, acquirer }: Stage, { advance, now }: Instance) {
  step("Ada's card is encrypted for the vault's key and becomes a token.");
  const token = await client.createToken(ada, await now());
  say(`${token.id}: ${token.brand} ${token.funding}, ends in ${token.last4}`);
  assert.equal(token.last4, '4242');

  step('She pays 42.00 EUR: scored, authorized by the acquirer, recorded.');
  const paid = await client.createPayment(order(token.id, 4200), 'demo-order-1');
  describePayment(paid);
  assert.equal(paid.status, 'authorized');

  step('Her browser sends the same request again: it finds the same payment, and nobody is charged twice.');
  const again = await client.createPayment(order(token.id, 4200), 'demo-order-1');
  describePayment(again);
  assert.deepEqual(again, paid);
  assert.equal(await acquirer.countOf(paid.id), 1);

  step("Bob's bank declines: a decline is an answer, not an error.");
  const bob = await client.createToken({ ...ada, number: '4000000000009995', holderName: 'Bob' }, await now());
  const declined = await client.createPayment(order(bob.id, 9900), 'demo-order-2');
  describePayment(declined);
  assert.equal(declined.status, 'declined');
  assert.equal(declined.declineCode, 'insufficient_funds');

  step('The acquirer commits an authorization, but its answer is lost on the way.');
  const carol = await client.createToken({ ...ada, number: '5555555555554444', holderName: 'Carol' }, await now());
  await acquirer.loseAnswers('authorize');
  const unknown = await client.createPayment(order(carol.id, 1500), 'demo-order-3');
  describePayment(unknown);
  assert.equal(unknown.status, 'processing');
  await acquirer.mend();

  step('Nobody tries again: within minutes the resolver asks the acquirer by reference.');
  await advance('PT3M');
  const resolved = await client.getPayment(unknown.id);
  describePayment(resolved);
  assert.equal(resolved.status, 'authorized');
  return { token: token.id, paidId: paid.id, unknownId: unknown.id };
}

/** Everything that was known of a payment, when it was known. */
export async function tellOfTheTimeline({ client }: Stage, paymentId: string): Promise<void> {
  step('The timeline of the payment whose answer was lost tells what happened.');
  const { data } = await client.getTimeline(paymentId);
  for (const { at, kind, ...rest } of data) say(`${at}  ${kind.padEnd(10)} ${Object.values(rest).join(' ')}`);
  assert.ok(data.some(({ kind }) => kind === 'run'));
}
