import type { CreatePayment, Payment } from '../../../packages/client/index.ts';
import { cardNumber } from '../../card-number.ts';
import type { Action, World } from '../world.ts';
import { contextOf } from '../../buyer-context.ts';

const decliningCard = '4000000000000002';
let next = 0;

async function pay(world: World, capture: 'manual' | 'automatic'): Promise<void> {
  next += 1;
  const index = next;
  const key = `soak-payment-${index}`;
  const card = {
    number: world.random() < 0.05 ? decliningCard : cardNumber(500_000 + index),
    expMonth: 12,
    expYear: 2035,
    cvc: '837',
    holderName: 'Ada Lovelace',
  };
  // Without a token there is nothing to ask for; tokens have no key, so a lost one is lost.
  const token = await tokenOf(world, card);
  if (token === undefined) return;
  const body = bodyOf(world, token, index, capture);
  await world.ask<Payment>({
    name: `pay, ${capture}`,
    send: (client) => client.createPayment(body, key),
    // After an unknown outcome the present state is answered, which goes on changing; who paid what does not.
    settled: (answer) => ('id' in answer && 'amount' in answer ? { id: answer.id, amount: answer.amount } : undefined),
    refusals: [],
  });
}

async function tokenOf(world: World, card: Parameters<ReturnType<World['client']>['createToken']>[0]) {
  try {
    return (await world.client().createToken(card, await world.instance().now())).id;
  } catch {
    world.count('token: no answer');
    return undefined;
  }
}

function bodyOf(world: World, token: string, index: number, capture: 'manual' | 'automatic'): CreatePayment {
  const currency = world.random() < 0.8 ? 'EUR' : 'JPY';
  return {
    sellerId: world.instance().outputs.demo.sellerId,
    amount: 100 + Math.floor(world.random() * 20_000),
    currency,
    tenders: [{ type: 'card', token }],
    capture,
    buyer: { id: `soak-buyer-${index}`, email: `soak-${index}@example.com` },
    context: contextOf(index, `soak-device-${index}`, 'soak'),
  };
}

export const payments: readonly Action[] = [
  { name: 'pay, manual', weight: 5, act: (world) => pay(world, 'manual') },
  { name: 'pay, automatic', weight: 2, act: (world) => pay(world, 'automatic') },
];
