import type {
  Publisher,
  StreamedTransitions,
  TransitionLog,
  TransitionPage,
  UnpublishedBatch,
  UnpublishedBatches,
} from './ports.ts';

/** A transition is dated before it is written, by the time its transaction and its retries take. */
const earlierMilliseconds = 120_000;
/** The stream's clock and ours may differ. */
const laterMilliseconds = 60_000;
/** Word of so many batches is taken at a time: an outage leaves thousands, one after the other in the stream. */
const mostBatches = 1_000;

export interface SweepDependencies<T> {
  readonly batches: UnpublishedBatches;
  readonly streamed: StreamedTransitions<T>;
  readonly log: TransitionLog<T>;
  readonly publisher: Publisher<T>;
}

interface Failed {
  readonly from: Date;
  readonly to: Date;
  readonly error: unknown;
}

/** How a sweep went. */
export interface Swept {
  readonly published: number;
  /** What did not get through, by time; word of it comes back by itself. */
  readonly failed: readonly Failed[];
}

/**
 * Publishes again what a stream could not publish: transitions of payments, and of gift cards.
 *
 * Primary course:
 * 1. Word of batches that the stream gave up on is received until none is left: it says where, not what.
 * 2. In the order of the stream, each batch's records are read again and its transitions published.
 * 3. What the stream has forgotten, because nobody came for a day, is found by its time in the table itself. Times that
 *    overlap are merged, so that the table is read once for all of them.
 * 4. A batch is done when all of it got through; else it comes back.
 *
 * Neighbours are published twice, which consumers expect: an event's id never changes. What fails in one batch keeps no
 * other from being published.
 */
export async function sweepEvents<T>(dependencies: SweepDependencies<T>, isTimeLeft: () => boolean): Promise<Swept> {
  const swept = { published: 0, failed: new Array<Failed>() };
  while (isTimeLeft()) {
    const received = await receiveAll(dependencies.batches, isTimeLeft);
    if (received.length === 0) break;
    const trimmed: UnpublishedBatch[] = [];
    for (const batch of received.toSorted(byPlace)) {
      if (!isTimeLeft()) return swept;
      await attempt(dependencies, swept, { ...batch, batches: [batch] }, async () => {
        const page = await dependencies.streamed.at(batch.place);
        if (page !== 'trimmed') return publish(dependencies, [page]);
        trimmed.push(batch);
        return 'trimmed';
      });
    }
    for (const stretch of mergeTimes(trimmed)) {
      if (!isTimeLeft()) return swept;
      await attempt(dependencies, swept, stretch, () =>
        publish(dependencies, dependencies.log.between(stretch.from, stretch.to)),
      );
    }
  }
  return swept;
}

/** A stretch of time and the batches that fall into it. */
interface Stretch {
  readonly from: Date;
  to: Date;
  readonly batches: UnpublishedBatch[];
}

/** Counts what was published and takes its batches off the queue; notes what failed. */
async function attempt<T>(
  { batches }: SweepDependencies<T>,
  swept: { published: number; failed: Failed[] },
  part: Stretch,
  work: () => Promise<number | 'trimmed'>,
): Promise<void> {
  try {
    const published = await work();
    if (published === 'trimmed') return;
    swept.published += published;
    for (const batch of part.batches) await batches.done(batch);
  } catch (error) {
    swept.failed.push({ from: part.from, to: part.to, error });
  }
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

/** Sequence numbers grow within a shard, and have too many digits for a number. */
function byPlace({ place: one }: UnpublishedBatch, { place: other }: UnpublishedBatch): number {
  if (one.shardId !== other.shardId) return one.shardId < other.shardId ? -1 : 1;
  return Number(BigInt(one.first) > BigInt(other.first)) - Number(BigInt(one.first) < BigInt(other.first));
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

async function publish<T>(
  { publisher }: SweepDependencies<T>,
  pages: AsyncIterable<TransitionPage<T>> | Iterable<TransitionPage<T>>,
): Promise<number> {
  let read = 0;
  let left = 0;
  const unreadable: string[] = [];
  for await (const page of pages) {
    read += page.transitions.length;
    left += (await publisher.publish(page.transitions)).length;
    unreadable.push(...page.unreadable);
  }
  if (left > 0) throw new Error(`${left} of ${read} events did not get through`);
  if (unreadable.length > 0) throw new Error(`These transitions cannot be read: ${unreadable.slice(0, 10).join(', ')}`);
  return read;
}
