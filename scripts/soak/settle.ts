import * as z from 'zod';
import type { Payment } from '../../packages/client/index.ts';
import { allPages } from '../all-pages.ts';
import { clearFaults } from './misfortunes.ts';
import { askForAnswers } from './world.ts';
import type { World } from './world.ts';

/** How far the clock is moved, until all is done: who was not answered asks again minutes later, then hours. */
const rounds = ['PT20M', 'PT20M', 'PT20M', 'PT2H', 'PT5H', 'PT10H'] as const;
const notifications = z.object({ data: z.array(z.object({ taken: z.boolean() })) });

/**
 * The faults end, the clock is moved until nothing is under way any more, and whoever has heard nothing asks once more.
 * Answers all payments as they are then.
 */
export async function settle(world: World): Promise<readonly Payment[]> {
  await clearFaults(world);
  const payments = await untilNothingIsUnderWay(world);
  if (world.asked.every(({ isHeard }) => isHeard)) return payments;
  await askForAnswers(world);
  return untilNothingIsUnderWay(world);
}

async function untilNothingIsUnderWay(world: World): Promise<readonly Payment[]> {
  for (const round of rounds) {
    await world.instance().advance(round);
    const payments = await allPayments(world);
    if (payments.every((payment) => !isOpen(payment)) && (await untoldNotifications(world)) === 0) return payments;
  }
  const payments = await allPayments(world);
  const untold = await untoldNotifications(world);
  if (untold > 0) world.violated(`${untold} notifications of the acquirer are never taken`);
  for (const { id, status } of payments.filter(isOpen))
    world.violated(`Payment ${id} (${status}) has something under way for ever`);
  return payments;
}

function isOpen({ status, captures, refunds }: Payment): boolean {
  return status === 'processing' || [...captures, ...refunds].some((movement) => movement.status === 'processing');
}

async function untoldNotifications(world: World): Promise<number> {
  const answer = await fetch(`${world.instance().outputs.acquirerUrl}/notifications`);
  return notifications.parse(await answer.json()).data.filter(({ taken }) => !taken).length;
}

function allPayments(world: World): Promise<readonly Payment[]> {
  return allPages((query) => world.client().listPayments(query));
}
