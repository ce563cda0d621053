import type { World } from '../world.ts';

let next = 0;

/** A gift card and its code; undefined when its code was not learned, and what is on it is lost. */
export async function issueGiftCard(world: World, currency: string) {
  next += 1;
  const key = `soak-gift-card-${next}`;
  // Within what may be issued in each currency: 1.000 to 2.000 KWD, 10.00 to 20.00 EUR, 1000 to 2000 JPY.
  const order = { amount: 1000 + Math.floor(world.random() * 1000), currency };
  const issued = await world.ask({
    name: 'issue a gift card',
    send: (client) => client.issueGiftCard(order, key),
    settled: (answer) => ('id' in answer && 'amount' in answer ? { id: answer.id, amount: answer.amount } : undefined),
    refusals: [],
  });
  if (issued?.code === undefined) return undefined;
  if (world.random() < 0.3) await lookUp(world, issued.code, issued.id);
  return { code: issued.code, amount: order.amount };
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
