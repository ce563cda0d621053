import type { Payment } from '../../../packages/client/index.ts';
import type { Action, World } from '../world.ts';

let next = 0;

/** A payment that somebody knows of; mostly a young one, with which something may still be done. */
function knownPayment({ asked, random }: World): Payment | undefined {
  const known = asked.flatMap(({ answers }) => answers.find(isPayment) ?? []);
  const from = random() < 0.8 ? Math.max(0, known.length - 20) : 0;
  return known[from + Math.floor(random() * (known.length - from))];
}

function isPayment(answer: object): answer is Payment {
  return 'object' in answer && answer.object === 'payment';
}

/** Once it has ended it is told the same for ever. */
function ended(answer: object): object | undefined {
  return 'status' in answer && answer.status !== 'processing' ? answer : undefined;
}

const refusals = [
  ...['amount_exceeds_authorized', 'amount_exceeds_captured'],
  ...['payment_not_capturable', 'payment_not_voidable', 'payment_not_refundable'],
];

const amountOf = ({ amount }: Payment, random: () => number) =>
  random() < 0.3 ? {} : { amount: Math.max(1, Math.floor(amount * random() * 0.7)) };

async function capture(world: World): Promise<void> {
  const payment = knownPayment(world);
  if (!payment) return;
  next += 1;
  const key = `soak-capture-${next}`;
  const body = { ...amountOf(payment, world.random), final: world.random() < 0.2 };
  const send: Parameters<World['ask']>[0]['send'] = (client) => client.capturePayment(payment.id, body, key);
  await world.ask({ name: 'capture', send, settled: ended, refusals });
}

async function refund(world: World): Promise<void> {
  const payment = knownPayment(world);
  if (!payment) return;
  next += 1;
  const key = `soak-refund-${next}`;
  const body = { ...amountOf(payment, world.random), reason: 'soak' };
  const send: Parameters<World['ask']>[0]['send'] = (client) => client.refundPayment(payment.id, body, key);
  await world.ask({ name: 'refund', send, settled: ended, refusals });
}

async function release(world: World): Promise<void> {
  const payment = knownPayment(world);
  if (!payment) return;
  next += 1;
  const key = `soak-void-${next}`;
  await world.ask({
    name: 'void',
    send: (client) => client.voidPayment(payment.id, key),
    settled: (answer) => ('id' in answer ? { id: answer.id } : undefined),
    refusals,
  });
}

export const movements: readonly Action[] = [
  { name: 'capture', weight: 6, act: capture },
  { name: 'refund', weight: 5, act: refund },
  { name: 'void', weight: 1, act: release },
];
