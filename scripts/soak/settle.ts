import * as z from 'zod';
import type { Payment } from '../../packages/client/index.ts';
import { clearFaults } from './misfortunes.ts';
import type { World } from './world.ts';

const mostRounds = 8;
const notifications = z.object({ data: z.array(z.object({ taken: z.boolean() })) });

/** The faults end, and the clock is moved until nothing is under way any more. Answers all payments as they are then. */
export async function settle(world: World): Promise<readonly Payment[]> {
  await clearFaults(world);
  for (let round = 1; ; round += 1) {
    await world.instance().advance('PT20M');
    const payments = await allPayments(world);
    const open = payments.filter(isOpen);
    const untold = await untoldNotifications(world);
    if (open.length + untold === 0) return payments;
    if (round < mostRounds) continue;
    if (untold > 0) world.violated(`${untold} notifications of the acquirer are never taken`);
    for (const { id, status } of open) world.violated(`Payment ${id} (${status}) has something under way for ever`);
    return payments;
  }
}

function isOpen({ status, captures, refunds }: Payment): boolean {
  return status === 'processing' || [...captures, ...refunds].some((movement) => movement.status === 'processing');
}

async function untoldNotifications(world: World): Promise<number> {
  const answer = await fetch(`${world.instance().outputs.acquirerUrl}/notifications`);
  return notifications.parse(await answer.json()).data.filter(({ taken }) => !taken).length;
}

async function allPayments(world: World): Promise<readonly Payment[]> {
  const payments: Payment[] = [];
  let cursor: string | null = null;
  do {
    const page: { data: readonly Payment[]; nextCursor?: string | null } = await world
      .client()
      .listPayments({ limit: '100', ...(cursor === null ? {} : { cursor }) });
    payments.push(...page.data);
    cursor = page.nextCursor ?? null;
  } while (cursor !== null);
  return payments;
}
