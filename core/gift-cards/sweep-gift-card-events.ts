import type { UnpublishedBatches } from '../payments/ports.ts';
import type { GiftCardPublisher, GiftCardTransitionLog } from './ports.ts';

/** A transition is dated before it is written, by the time its transaction and its retries take. */
const earlierMilliseconds = 120_000;
/** The stream's clock and ours may differ, and it dates by whole seconds. */
const laterMilliseconds = 60_000;

/**
 * Publishes again what the stream of gift cards could not publish; as sweep-events does for payments.
 *
 * Primary course:
 * 1. Batches that the stream gave up on are received: they say when, not what.
 * 2. The transitions of that time are read from the table, where they are kept for ever, and published.
 * 3. A batch is done when all of its time got through; else it comes back by itself.
 *
 * Neighbours in time are published twice, which consumers expect: an event's id never changes.
 */
export async function sweepGiftCardEvents(
  {
    batches,
    transitions,
    publisher,
  }: {
    readonly batches: UnpublishedBatches;
    readonly transitions: GiftCardTransitionLog;
    readonly publisher: GiftCardPublisher;
  },
  isTimeLeft: () => boolean,
): Promise<number> {
  let published = 0;
  while (isTimeLeft()) {
    const received = await batches.receive();
    if (received.length === 0) return published;
    for (const batch of received) {
      const from = new Date(batch.from.getTime() - earlierMilliseconds);
      const to = new Date(batch.to.getTime() + laterMilliseconds);
      let failed = 0;
      for await (const page of transitions.between(from, to)) {
        failed += (await publisher.publish(page)).length;
        published += page.length;
      }
      if (failed === 0) await batches.done(batch);
    }
  }
  return published;
}
