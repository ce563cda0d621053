import * as z from 'zod';
import type { Move, World } from '../world.ts';
import { oneOf } from '../world.ts';

const opened = z.looseObject({ id: z.string() });
const kinds = ['chargeback', 'chargeback', 'inquiry'] as const;
const reasons = ['general', 'fraudulent', 'product_not_received'] as const;
/** What becomes of a dispute, one thing after the other. */
const fates = [[], ['won'], ['under_review', 'won'], ['under_review', 'lost'], ['lost']] as const;

/** A cardholder disputes a capture at the acquirer, and the acquirer decides, or leaves it open. */
const dispute: Move['act'] = async (world, { id }) => {
  const reference = await someCapture(world, id);
  if (reference === undefined) return;
  const kind = oneOf(world, kinds);
  const order = { captureReference: reference, kind, reason: oneOf(world, reasons) };
  const answer = await atAcquirer(world, '/disputes', order);
  if (answer === undefined) return;
  world.count(`dispute: ${kind}`);
  const fate = kind === 'inquiry' ? [] : oneOf(world, fates);
  for (const state of fate) {
    if ((await atAcquirer(world, `/disputes/${opened.parse(answer).id}`, { state })) === undefined) return;
    world.count(`dispute: ${state}`);
  }
};

async function someCapture(world: World, paymentId: string): Promise<string | undefined> {
  try {
    const { captures } = await world.client().getPayment(paymentId);
    const done = captures.filter(
      ({ status, allocation }) => status === 'succeeded' && allocation.some(({ type }) => type === 'card'),
    );
    return done.length === 0 ? undefined : oneOf(world, done).reference;
  } catch {
    return undefined;
  }
}

/** Undefined when there is nothing to dispute any more, or when the acquirer is away. */
async function atAcquirer(world: World, path: string, body: object): Promise<unknown> {
  try {
    const answer = await fetch(`${world.instance().outputs.acquirerUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

export const disputes: readonly Move[] = [{ weight: 2, act: dispute }];
