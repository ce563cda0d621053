import type { Action, World } from '../world.ts';

let next = 0;

async function issue(world: World): Promise<void> {
  next += 1;
  const key = `soak-gift-card-${next}`;
  const order = { amount: 100 + Math.floor(world.random() * 10_000), currency: 'EUR' };
  const issued = await world.ask({
    name: 'issue a gift card',
    send: (client) => client.issueGiftCard(order, key),
    settled: (answer) => ('id' in answer && 'amount' in answer ? { id: answer.id, amount: answer.amount } : undefined),
    refusals: [],
  });
  if (issued?.code !== undefined) await lookUp(world, issued.code, issued.id);
}

async function lookUp(world: World, code: string, id: string): Promise<void> {
  try {
    const found = await world.client().lookUpGiftCard(code);
    world.count('look up a gift card');
    if (found.id !== id) world.violated(`The code of gift card ${id} opens ${found.id}`);
  } catch {
    world.count('look up a gift card: no answer');
  }
}

export const giftCards: readonly Action[] = [{ name: 'issue a gift card', weight: 2, act: issue }];
