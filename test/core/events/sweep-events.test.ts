import { describe, expect, test } from '@jest/globals';
import type { StreamPlace, UnpublishedBatch } from '../../../core/events/ports.ts';
import { sweepEvents } from '../../../core/events/sweep-events.ts';
import type { StoredTransition } from '../../../core/payments/ports.ts';
import { transitionFor } from '../../../core/payments/transition.ts';
import { processingPayment } from '../payments/fakes.ts';

const start = Date.parse('2026-11-22T10:00:00.000Z');
const at = (second: number) => new Date(start + second * 1000);

/** A transition that occurred so many seconds after ten. */
function transitionAt(second: number): StoredTransition {
  const payment = { ...processingPayment(), id: `pay_${String(second).padStart(26, '0')}` };
  const decided = transitionFor(payment, { kind: 'declined', code: 'lost_card' }, undefined, at(second));
  if (decided.kind !== 'transition') throw new Error('a decline of an open payment is a transition');
  return { ...decided.transition, version: 2 };
}

const batchAt = (second: number): UnpublishedBatch => ({
  receipt: `batch ${second}`,
  place: { streamArn: 'stream', shardId: 'shard', first: String(second), last: String(second) },
  from: at(second),
  to: at(second),
});

interface World {
  readonly transitions: readonly StoredTransition[];
  readonly batches: readonly UnpublishedBatch[];
  readonly refuses?: (transition: StoredTransition) => boolean;
  readonly unreadable?: readonly number[];
  /** Transitions that the stream still has; without it none. */
  readonly streamed?: readonly StoredTransition[];
}

function given({ transitions, batches, refuses = () => false, unreadable = [], streamed = [] }: World) {
  const queue = [...batches];
  const done: string[] = [];
  const published: string[] = [];
  const read: [Date, Date][] = [];
  const places: string[] = [];
  const dependencies = {
    batches: {
      receive: () => Promise.resolve(queue.splice(0, 10)),
      done: ({ receipt }: UnpublishedBatch) => {
        done.push(receipt);
        return Promise.resolve();
      },
    },
    streamed: {
      at: ({ first }: StreamPlace) => {
        places.push(first);
        const found = streamed.filter(({ occurredAt }) => occurredAt === at(Number(first)).toISOString());
        return Promise.resolve(found.length === 0 ? ('trimmed' as const) : { transitions: found, unreadable: [] });
      },
    },
    log: {
      between: async function* (from: Date, to: Date) {
        read.push([from, to]);
        const within = (time: number) => time >= from.getTime() && time <= to.getTime();
        const found = transitions.filter(({ occurredAt }) => within(Date.parse(occurredAt)));
        const broken = unreadable.filter((second) => within(at(second).getTime())).map(String);
        await Promise.resolve();
        yield { transitions: found.slice(0, 5), unreadable: broken };
        yield { transitions: found.slice(5), unreadable: [] };
      },
    },
    publisher: {
      publish: (page: readonly StoredTransition[]) => {
        const failed = page.filter(refuses);
        published.push(...page.filter((transition) => !failed.includes(transition)).map(({ paymentId }) => paymentId));
        return Promise.resolve(failed);
      },
    },
  };
  return { dependencies, done, published, read, places };
}

describe('sweeping events', () => {
  test('reads again what the stream still has, in its order, and leaves the table alone', async () => {
    const transitions = Array.from({ length: 12 }, (_, second) => transitionAt(second));
    const batches = Array.from({ length: 12 }, (_, second) => batchAt(second)).toReversed();
    const { dependencies, done, published, read, places } = given({ transitions, batches, streamed: transitions });
    expect(await sweepEvents(dependencies, () => true)).toEqual({ published: 12, failed: [] });
    expect(published).toHaveLength(12);
    // Ten at a time are received; within what was received, 9 comes before 10 although its text does not.
    expect(places).toEqual(Array.from({ length: 12 }, (_, second) => String(second)));
    expect([done.length, read]).toEqual([12, []]);
  });

  test('finds in the table what the stream has forgotten, beside what it still has', async () => {
    const transitions = [transitionAt(0), transitionAt(4000)];
    const { dependencies, done, published, read } = given({
      transitions,
      batches: [batchAt(0), batchAt(4000)],
      streamed: transitions.slice(1),
    });
    expect(await sweepEvents(dependencies, () => true)).toEqual({ published: 2, failed: [] });
    expect(published.toSorted()).toEqual(transitions.map(({ paymentId }) => paymentId));
    expect([done.toSorted(), read.length]).toEqual([['batch 0', 'batch 4000'], 1]);
  });

  test('keeps word of what the stream has and the bus does not take', async () => {
    const transitions = [transitionAt(0), transitionAt(1)];
    const { dependencies, done } = given({
      transitions,
      batches: [batchAt(0), batchAt(1)],
      streamed: transitions,
      refuses: ({ paymentId }) => paymentId === transitions[0]?.paymentId,
    });
    const { published, failed } = await sweepEvents(dependencies, () => true);
    expect([published, done, failed.map(({ from }) => from)]).toEqual([1, ['batch 1'], [at(0)]]);
  });

  test('reads and publishes each transition of an outage once, however many batches tell of it', async () => {
    const transitions = Array.from({ length: 600 }, (_, second) => transitionAt(second));
    const batches = Array.from({ length: 600 }, (_, second) => batchAt(second + 1));
    const { dependencies, done, published, read } = given({ transitions, batches });
    expect(await sweepEvents(dependencies, () => true)).toEqual({ published: 600, failed: [] });
    expect(new Set(published).size).toBe(published.length);
    expect([done.length, read.length]).toEqual([600, 1]);
  });

  test('allows for a transition that is dated before it was written, and for clocks that differ', async () => {
    const transitions = [transitionAt(0), transitionAt(300)];
    const { dependencies, published } = given({ transitions, batches: [batchAt(115), batchAt(245)] });
    await sweepEvents(dependencies, () => true);
    expect(new Set(published)).toEqual(new Set(transitions.map(({ paymentId }) => paymentId)));
  });

  test('keeps word of what did not get through, and publishes the rest', async () => {
    const transitions = [transitionAt(0), transitionAt(4000)];
    const { dependencies, done, published } = given({
      transitions,
      batches: [batchAt(1), batchAt(4001)],
      refuses: ({ paymentId }) => paymentId === transitions[0]?.paymentId,
    });
    const { failed } = await sweepEvents(dependencies, () => true);
    expect(failed.map(({ error }) => String(error))).toEqual(['Error: 1 of 1 events did not get through']);
    expect([done, published]).toEqual([['batch 4001'], [transitions[1]?.paymentId]]);
  });

  test('an item that cannot be read holds up no other of its time, and is named', async () => {
    const transitions = Array.from({ length: 12 }, (_, second) => transitionAt(second));
    const { dependencies, done, published } = given({ transitions, batches: [batchAt(5)], unreadable: [3] });
    const { failed } = await sweepEvents(dependencies, () => true);
    expect(published).toHaveLength(12);
    expect([done, failed.map(({ error }) => String(error))]).toEqual([
      [],
      ['Error: These transitions cannot be read: 3'],
    ]);
  });

  test('ends when no time is left; what was not published comes back', async () => {
    const { dependencies, done } = given({ transitions: [], batches: [batchAt(0), batchAt(10_000)] });
    let left = 6;
    await sweepEvents(dependencies, () => (left -= 1) >= 0);
    expect(done).toHaveLength(1);
  });
});
