import type { Payment } from '../../packages/client/index.ts';
import { disputes } from './actions/disputes.ts';
import { movements } from './actions/movements.ts';
import { pay } from './actions/payments.ts';
import { askAgain, refusalOf } from './world.ts';
import type { Move, World } from './world.ts';

const moves: readonly Move[] = [...movements, ...disputes];
const mostMoves = 5;
const mostAtOnce = 3;

/** One payment's history: how it is paid, and what is done with it, one thing after the other or some at once. */
export async function live(world: World): Promise<void> {
  await world.isUp();
  const payment = await pay(world);
  if (!payment) return;
  await goOn(world, payment);
  world.count('histories');
}

/** What is done with a payment that was made. */
export async function goOn(world: World, payment: Payment): Promise<void> {
  const rounds = Math.floor(world.random() * (mostMoves + 1));
  for (let round = 0; round < rounds; round += 1) await moveSome(world, payment);
}

/** What callers do besides: they come back to payments of others, and ask again for what they were told or not told. */
export async function visit(world: World): Promise<void> {
  await world.isUp();
  if (world.random() < 0.5) return repeat(world);
  const payment = knownPayment(world);
  if (payment) await moveSome(world, payment);
}

async function moveSome(world: World, payment: Payment): Promise<void> {
  const atOnce = world.random() < 0.3 ? mostAtOnce : 1;
  await Promise.all(Array.from({ length: atOnce }, () => drawMove(world).act(world, payment)));
}

function drawMove({ random }: World): Move {
  let at = random() * moves.reduce((sum, { weight }) => sum + weight, 0);
  const drawn = moves.find(({ weight }) => (at -= weight) < 0);
  if (!drawn) throw new Error('The weights do not sum to what was drawn from');
  return drawn;
}

/** A caller that heard nothing, or has lost what it heard, asks again under the same key. */
async function repeat(world: World): Promise<void> {
  const asked = world.asked[Math.floor(world.random() * world.asked.length)];
  if (!asked) return;
  try {
    await askAgain(world, asked);
    world.count('asked again');
  } catch (error) {
    const refusal = refusalOf(error);
    world.count('asked again: not answered');
    if (refusal !== undefined && asked.answers.length > 0) {
      world.violated(`${asked.name} was answered, and asked again refused: ${refusal}`);
    }
  }
}

/** A payment that somebody knows of; mostly a young one, with which something may still be done. */
function knownPayment({ asked, random }: World): Payment | undefined {
  const known = asked.flatMap(({ answers }) => answers.find(isPayment) ?? []);
  const from = random() < 0.8 ? Math.max(0, known.length - 20) : 0;
  return known[from + Math.floor(random() * (known.length - from))];
}

function isPayment(answer: object): answer is Payment {
  return 'object' in answer && answer.object === 'payment';
}
