import type { Payment } from '../../packages/client/index.ts';
import { clearFaults } from './misfortunes.ts';
import type { World } from './world.ts';

const mostRounds = 8;

/** The faults end, and the clock is moved until nothing is under way any more. Answers all payments as they are then. */
export async function settle(world: World): Promise<readonly Payment[]> {
  await clearFaults(world);
  for (let round = 1; ; round += 1) {
    await world.instance().advance('PT20M');
    const payments = await allPayments(world);
    const open = payments.filter(isOpen);
    if (open.length === 0) return payments;
    if (round < mostRounds) continue;
    for (const { id, status } of open) world.violated(`Payment ${id} (${status}) has something under way for ever`);
    return payments;
  }
}

function isOpen({ status, captures, refunds }: Payment): boolean {
  return status === 'processing' || [...captures, ...refunds].some((movement) => movement.status === 'processing');
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
