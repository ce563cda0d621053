import type { ResolutionOrder } from './messages.ts';
import type { Payment } from './payment.ts';
import type { ResolutionQueue, ResolutionWorkflow } from './ports.ts';
import { resolutionShards } from './ports.ts';

/** A round takes a few minutes at most; after this a new one may begin. */
const nextRoundMinutes = 10;
const pageSize = 25;
/** How long a security code is kept; one that expires later than this after the payment belongs to another payment. */
const cvcLifetimeSeconds = 15 * 60;

/**
 * Starts a durable workflow for every payment that is due to be looked into.
 *
 * Primary course:
 * 1. Each shard's due payments are found by index, earliest first.
 * 2. A workflow is started, named by the payment and the round, so that starting it twice is once.
 * 3. The payment notes the round and when to look again, so that a round that died is followed by another.
 *
 * Answers how many rounds it started. Stops at `until`: what is left is still due a minute later.
 */
export async function startResolutions(
  { queue, workflow }: { readonly queue: ResolutionQueue; readonly workflow: ResolutionWorkflow },
  now: Date,
  isTimeLeft: () => boolean,
): Promise<number> {
  const shards = Array.from({ length: resolutionShards }, (_, shard) => shard);
  const counts = await Promise.all(shards.map((shard) => drainShard(queue, workflow, shard, now, isTimeLeft)));
  return counts.reduce((total, count) => total + count, 0);
}

async function drainShard(
  queue: ResolutionQueue,
  workflow: ResolutionWorkflow,
  shard: number,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<number> {
  let started = 0;
  for (;;) {
    const due = await queue.due(shard, now, pageSize);
    let moved = 0;
    for (const paymentId of due) {
      if (!isTimeLeft()) return started;
      if (await startRound(queue, workflow, paymentId, now)) moved += 1;
    }
    started += moved;
    // An index lags behind its table: a page that moved nothing on would be read for ever.
    if (due.length < pageSize || moved === 0) return started;
  }
}

async function startRound(
  queue: ResolutionQueue,
  workflow: ResolutionWorkflow,
  paymentId: string,
  now: Date,
): Promise<boolean> {
  const payment = await queue.find(paymentId);
  if (payment?.resolveAt === undefined || payment.resolveAt > now.toISOString()) return false;
  await workflow.start(resolutionName(payment.id, payment.resolveRound + 1), toOrder(payment));
  return queue.beginRound(payment, new Date(now.getTime() + nextRoundMinutes * 60_000));
}

/** The name of a round's run, for starting it and for finding it again. */
export function resolutionName(paymentId: string, round: number): string {
  return `${paymentId}-${round}`;
}

function toOrder(payment: Payment): ResolutionOrder {
  return {
    paymentId: payment.id,
    attempt: payment.attempt,
    tokenId: payment.tender.tokenId,
    purpose: payment.status === 'processing' ? 'resolve' : 'reverse_orphan',
    cvcExpiresBefore: Math.floor(Date.parse(payment.createdAt) / 1000) + cvcLifetimeSeconds + 1,
  };
}
