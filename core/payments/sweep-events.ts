import type { TransitionLog, TransitionPublisher, UnpublishedBatch, UnpublishedBatches } from './ports.ts';

/** A transition is dated before it is written, by the time its transaction and its retries take. */
const earlierMilliseconds = 120_000;
/** The stream's clock and ours may differ. */
const laterMilliseconds = 60_000;
/** Word of so many batches is taken at a time: an outage leaves thousands, about the same few minutes. */
const mostBatches = 1_000;

interface Dependencies {
  readonly batches: UnpublishedBatches;
  readonly transitions: TransitionLog;
  readonly publisher: TransitionPublisher;
}

/** How a sweep went. */
export interface Swept {
  readonly published: number;
  /** Stretches of time that did not get through; word of them comes back by itself. */
  readonly failed: readonly { readonly from: Date; readonly to: Date; readonly error: unknown }[];
}

/**
 * Publishes again what the stream could not publish.
 *
 * Primary course:
 * 1. Word of batches that the stream gave up on is received until none is left: it says when, not what.
 * 2. Their times, which overlap during an outage, are merged, so that each transition is read and published once.
 * 3. The transitions of each time are read from the table, where they are kept for ever, and published.
 * 4. Batches are done when all of their time got through; else they come back.
 *
 * Neighbours in time are published twice, which consumers expect: an event's id never changes. What fails in one
 * stretch of time keeps no other from being published.
 */
export async function sweepEvents(dependencies: Dependencies, isTimeLeft: () => boolean): Promise<Swept> {
  const failed: { from: Date; to: Date; error: unknown }[] = [];
  let published = 0;
  while (isTimeLeft()) {
    const received = await receiveAll(dependencies.batches, isTimeLeft);
    if (received.length === 0) break;
    for (const { from, to, batches } of mergeTimes(received)) {
      if (!isTimeLeft()) return { published, failed };
      try {
        published += await publishBetween(dependencies, from, to);
        for (const batch of batches) await dependencies.batches.done(batch);
      } catch (error) {
        failed.push({ from, to, error });
      }
    }
  }
  return { published, failed };
}

async function receiveAll(batches: UnpublishedBatches, isTimeLeft: () => boolean): Promise<UnpublishedBatch[]> {
  const all: UnpublishedBatch[] = [];
  while (all.length < mostBatches && isTimeLeft()) {
    const received = await batches.receive();
    if (received.length === 0) break;
    all.push(...received);
  }
  return all;
}

/** A stretch of time and the batches that fall into it. */
interface Stretch {
  readonly from: Date;
  to: Date;
  readonly batches: UnpublishedBatch[];
}

function mergeTimes(batches: readonly UnpublishedBatch[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const batch of batches.toSorted((one, other) => one.from.getTime() - other.from.getTime())) {
    const from = new Date(batch.from.getTime() - earlierMilliseconds);
    const to = new Date(batch.to.getTime() + laterMilliseconds);
    const last = stretches.at(-1);
    if (last && from.getTime() <= last.to.getTime()) {
      if (to.getTime() > last.to.getTime()) last.to = to;
      last.batches.push(batch);
    } else stretches.push({ from, to, batches: [batch] });
  }
  return stretches;
}

async function publishBetween({ transitions, publisher }: Dependencies, from: Date, to: Date): Promise<number> {
  let read = 0;
  let left = 0;
  const unreadable: string[] = [];
  for await (const page of transitions.between(from, to)) {
    read += page.transitions.length;
    left += (await publisher.publish(page.transitions)).length;
    unreadable.push(...page.unreadable);
  }
  if (left > 0) throw new Error(`${left} of ${read} events did not get through`);
  if (unreadable.length > 0) throw new Error(`These transitions cannot be read: ${unreadable.slice(0, 10).join(', ')}`);
  return read;
}
