import { describe, expect, test } from '@jest/globals';
import type { StoredTransition, UnpublishedBatch } from '../../../core/payments/ports.ts';
import { sweepEvents } from '../../../core/payments/sweep-events.ts';
import { transitionFor } from '../../../core/payments/transition.ts';
import { processingPayment } from './fakes.ts';

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
  from: at(second),
  to: at(second),
});

interface World {
  readonly transitions: readonly StoredTransition[];
  readonly batches: readonly UnpublishedBatch[];
  readonly refuses?: (transition: StoredTransition) => boolean;
  readonly unreadable?: readonly number[];
}

function given({ transitions, batches, refuses = () => false, unreadable = [] }: World) {
  const queue = [...batches];
  const done: string[] = [];
  const published: string[] = [];
  const read: [Date, Date][] = [];
  const dependencies = {
    batches: {
      receive: () => Promise.resolve(queue.splice(0, 10)),
      done: ({ receipt }: UnpublishedBatch) => {
        done.push(receipt);
        return Promise.resolve();
      },
    },
    transitions: {
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
  return { dependencies, done, published, read };
}

describe('sweeping events', () => {
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
    let left = 4;
    await sweepEvents(dependencies, () => (left -= 1) >= 0);
    expect(done).toHaveLength(1);
  });
});
