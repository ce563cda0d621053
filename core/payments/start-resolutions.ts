import { cvcLifetimeSeconds } from '../tokens/cvc-lifetime.ts';
import type { ResolutionOrder } from './messages.ts';
import type { Payment } from './payment.ts';
import type { DuePosition, ResolutionQueue, ResolutionWorkflow } from './ports.ts';
import { resolutionShards } from './ports.ts';

/** A round takes a few minutes at most; after this a new one may begin. */
const nextRoundMinutes = 10;
const pageSize = 25;

/** How a pass over what is due went. */
export interface StartedResolutions {
  readonly started: number;
  /** Payments whose round could not be started; they are due still, and no reason for others to wait. */
  readonly failed: readonly { readonly paymentId: string; readonly error: unknown }[];
}

interface Pass {
  readonly queue: ResolutionQueue;
  readonly workflow: ResolutionWorkflow;
  readonly now: Date;
  readonly isTimeLeft: () => boolean;
}

/**
 * Starts a durable workflow for every payment that is due to be looked into.
 *
 * Primary course:
 * 1. Each shard's due payments are found by index, earliest first, page after page.
 * 2. A workflow is started, named by the payment and the round, so that starting it twice is once.
 * 3. The payment notes the round and when to look again, so that a round that died is followed by another.
 *
 * Answers how many rounds it started, and which payments failed: one that cannot be started keeps no other from it.
 * Stops when no time is left: the rest is still due a minute later.
 */
export async function startResolutions(
  { queue, workflow }: { readonly queue: ResolutionQueue; readonly workflow: ResolutionWorkflow },
  now: Date,
  isTimeLeft: () => boolean,
): Promise<StartedResolutions> {
  const pass = { queue, workflow, now, isTimeLeft };
  const shards = Array.from({ length: resolutionShards }, (_, shard) => shard);
  const results = await Promise.all(shards.map((shard) => drainShard(pass, shard)));
  return {
    started: results.reduce((total, { started }) => total + started, 0),
    failed: results.flatMap(({ failed }) => failed),
  };
}

async function drainShard(pass: Pass, shard: number): Promise<StartedResolutions> {
  let started = 0;
  const failed: { paymentId: string; error: unknown }[] = [];
  let after: DuePosition | undefined;
  do {
    const page = await pass.queue.due(shard, pass.now, pageSize, after);
    for (const paymentId of page.paymentIds) {
      if (!pass.isTimeLeft()) return { started, failed };
      try {
        if (await startRound(pass, paymentId)) started += 1;
      } catch (error) {
        failed.push({ paymentId, error });
      }
    }
    after = page.next;
  } while (after);
  return { started, failed };
}

async function startRound({ queue, workflow, now }: Pass, paymentId: string): Promise<boolean> {
  const payment = await queue.find(paymentId);
  // An index lags behind its table.
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
    ...(payment.tender ? { tokenId: payment.tender.tokenId } : {}),
    purpose: purposeOf(payment),
    // A security code that expires later than this was kept after the payment was made: it belongs to another one.
    discardExpiringBefore: Math.floor(Date.parse(payment.createdAt) / 1000) + cvcLifetimeSeconds + 1,
  };
}

function purposeOf({ status, review }: Payment): ResolutionOrder['purpose'] {
  switch (status) {
    case 'in_review':
      return review?.state === 'open' ? 'end_review' : 'finish_movements';
    case 'processing':
      return 'resolve';
    case 'failed':
      return 'reverse_orphan';
    case 'authorized':
    case 'partially_captured':
    case 'captured':
    case 'partially_refunded':
    case 'refunded':
    case 'disputed':
    case 'voided':
    case 'expired':
    case 'declined':
      return 'finish_movements';
  }
}
