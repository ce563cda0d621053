import * as z from 'zod';
import type { Dispute } from '../../packages/client/index.ts';
import { allPages } from '../all-pages.ts';
import type { World } from './world.ts';

const acquirersDispute = z.object({ id: z.string(), state: z.string(), amount: z.int(), currency: z.string() });
const acquirersDisputes = z.object({ data: z.array(acquirersDispute) });

/** Our disputes are the acquirer's: none is missing, and each stands as it stands there. */
export async function checkDisputes(world: World): Promise<void> {
  const answer = await fetch(`${world.instance().outputs.acquirerUrl}/disputes`);
  const theirs = acquirersDisputes.parse(await answer.json()).data;
  const ours = new Map((await allDisputes(world)).map((dispute) => [dispute.reference, dispute]));
  for (const { id, ...standing } of theirs) {
    const { state, amount, currency } = ours.get(id) ?? {};
    if (state !== standing.state || amount !== standing.amount || currency !== standing.currency) {
      const [found, expected] = [JSON.stringify({ state, amount, currency }), JSON.stringify(standing)];
      world.violated(`Dispute ${id} is ${found}, and ${expected} at the acquirer`);
    }
    world.count('disputes checked');
  }
  if (ours.size !== theirs.length) world.violated(`${ours.size} disputes here, and ${theirs.length} at the acquirer`);
}

function allDisputes(world: World): Promise<readonly Dispute[]> {
  return allPages((query) => world.operator().listDisputes(query));
}
