import { giftCards } from './actions/gift-cards.ts';
import { payments } from './actions/payments.ts';
import { movements } from './actions/movements.ts';
import { askAgain, refusalOf } from './world.ts';
import type { Action } from './world.ts';

/** A caller that heard nothing, or has lost what it heard, asks again under the same key. */
const repeat: Action = {
  name: 'ask again',
  weight: 3,
  act: async (world) => {
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
  },
};

/** Another capability joins by a module of its own and its name here. */
const actions: readonly Action[] = [...payments, ...movements, ...giftCards, repeat];

export function drawAction(random: () => number): Action {
  let at = random() * actions.reduce((sum, { weight }) => sum + weight, 0);
  for (const action of actions) {
    at -= action.weight;
    if (at < 0) return action;
  }
  return repeat;
}
