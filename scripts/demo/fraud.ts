import assert from 'node:assert/strict';
import type { Payment } from '../../packages/client/index.ts';
import { cardNumber } from '../card-number.ts';
import { modelThatDoubts } from '../doubting-model.ts';
import type { Instance } from '../throw-away-instance.ts';
import { describePayment, say, step } from './narrate.ts';
import type { Stage } from './stage.ts';
import { ada } from './stage.ts';

/** One payment that nobody doubts, one that a person looks at, somebody who tries stolen cards, and a model that is tried. */
export async function tellOfFraud(stage: Stage, here: Instance): Promise<void> {
  const { client, order } = stage;
  step('Dora pays 55.00 EUR: the model has no doubt.');
  const dora = await client.createToken({ ...ada, number: cardNumber(101), holderName: 'Dora' }, await here.now());
  const approved = await client.createPayment(order(dora.id, 5500, strangerOf('dora')), 'demo-fraud-1');
  describePayment(approved);
  assert.equal(approved.fraud?.decision, 'approve');
  assert.equal(approved.status, 'authorized');
  await tellOfAReview(stage, here);
  await tellOfATester(stage, here);
  await tellOfAChallenger(stage, here);
}

async function tellOfAReview({ client, operator, order }: Stage, { now }: Instance): Promise<void> {
  step('A school that nobody knows orders for 15,000.00 EUR: the amount is held, and a person is asked.');
  const card = await client.createToken({ ...ada, number: cardNumber(102), holderName: 'School' }, await now());
  const doubted = await client.createPayment(order(card.id, 1_500_000, strangerOf('school')), 'demo-fraud-2');
  describePayment(doubted);
  sayWhy(doubted);
  assert.equal(doubted.status, 'in_review');

  step('An operator finds it among the reviews, looks, and lets it go on.');
  const { data } = await operator.listReviews();
  const review = data.find(({ paymentId }) => paymentId === doubted.id);
  assert.ok(review);
  say(`${review.id}: ${review.state}, to be decided by ${review.deadline}`);
  await operator.claimReview(review.id);
  await operator.decideReview(review.id, { decision: 'approve', reason: 'Called the school: it is theirs.' });
  const going = await client.getPayment(doubted.id);
  describePayment(going);
  assert.equal(going.status, 'authorized');
}

/** More than this nobody gets to try from one device: the rules see to it without the model. */
const mostTries = 25;

async function tellOfATester({ client, order }: Stage, { now }: Instance): Promise<void> {
  step('Somebody tries stolen card numbers from one device, for little money.');
  for (let index = 1; index <= mostTries; index += 1) {
    const stolen = { ...ada, number: cardNumber(200 + index), holderName: 'Stolen' };
    const card = await client.createToken(stolen, await now());
    const tried = await client.createPayment(
      order(card.id, 100 + 30 * index, strangerOf('tester')),
      `demo-test-${index}`,
    );
    if (tried.status !== 'declined') continue;
    say(`Card number ${index} is refused before the acquirer hears of it:`);
    describePayment(tried);
    sayWhy(tried);
    assert.equal(tried.declineCode, 'blocked_by_risk');
    return;
  }
  assert.fail(`${mostTries} stolen cards were tried, and none was refused`);
}

/** The shipped model, but that it takes everything for fraud: nobody would want it, and everybody sees who decides. */
async function tellOfAChallenger({ client, operator, order }: Stage, { now }: Instance): Promise<void> {
  step('A new model is put in as challenger: it scores what Eve pays, and what it says is only written down.');
  const { challenger = '' } = await operator.createFraudModel({
    note: 'demo: doubts everybody',
    file: modelThatDoubts(12),
  });
  const card = await client.createToken({ ...ada, number: cardNumber(301), holderName: 'Eve' }, await now());
  const pay = (name: string) => client.createPayment(order(card.id, 2500, strangerOf('eve')), `demo-model-${name}`);
  const beside = await pay('beside');
  describePayment(beside);
  const comparison = await operator.compareFraudModels();
  const { payments, decidedOtherwise } = comparison;
  say(`${payments} payment both have scored; ${decidedOtherwise} the challenger would have decided otherwise`);
  assert.deepEqual([beside.status, payments, decidedOtherwise], ['authorized', 1, 1]);

  step('Promoted it decides, with the next payment; taken back it only writes again, as quickly.');
  await operator.promoteFraudModel(challenger);
  const refused = await pay('promoted');
  describePayment(refused);
  await operator.rollBackFraudModel(challenger);
  const again = await pay('taken-back');
  describePayment(again);
  assert.deepEqual([refused.status, again.status], ['declined', 'authorized']);
}

function strangerOf(name: string) {
  const buyer = { id: `buyer-${name}`, email: `${name}@example.com` };
  const ip = `198.51.100.${name.length}`;
  const countries = { billingCountry: 'DE', shippingCountry: 'DE' };
  return { buyer, context: { ip, deviceId: `${name}-device`, userAgent: 'demo', ...countries } };
}

function sayWhy({ fraud }: Payment): void {
  for (const { text } of fraud?.reasons ?? []) say(`- ${text}`);
}
