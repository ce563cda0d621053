import type { Move, World } from '../world.ts';

let next = 0;

/** Once it has ended it is told the same for ever. */
function ended(answer: object): object | undefined {
  return 'status' in answer && answer.status !== 'processing' ? answer : undefined;
}

const refusals = [
  ...['amount_exceeds_authorized', 'amount_exceeds_captured'],
  'capture_under_way',
  ...['payment_not_capturable', 'payment_not_voidable', 'payment_not_refundable'],
];

const amountOf = (amount: number, random: () => number) =>
  random() < 0.3 ? {} : { amount: Math.max(1, Math.floor(amount * random() * 0.7)) };

type Send = Parameters<World['ask']>[0]['send'];

const capture: Move['act'] = async (world, { id, amount }) => {
  next += 1;
  const key = `soak-capture-${next}`;
  const body = { ...amountOf(amount, world.random), final: world.random() < 0.2 };
  const send: Send = (client) => client.capturePayment(id, body, key);
  await world.ask({ name: 'capture', send, settled: ended, refusals });
};

const refund: Move['act'] = async (world, { id, amount }) => {
  next += 1;
  const key = `soak-refund-${next}`;
  const body = { ...amountOf(amount, world.random), reason: 'soak' };
  const send: Send = (client) => client.refundPayment(id, body, key);
  await world.ask({ name: 'refund', send, settled: ended, refusals });
};

const release: Move['act'] = async (world, { id }) => {
  next += 1;
  const key = `soak-void-${next}`;
  await world.ask({
    name: 'void',
    send: (client) => client.voidPayment(id, key),
    settled: (answer) => ('id' in answer ? { id: answer.id } : undefined),
    refusals,
  });
};

export const movements: readonly Move[] = [
  { weight: 6, act: capture },
  { weight: 5, act: refund },
  { weight: 1, act: release },
];
