import { expiryOf } from './expiry.ts';
import type { ExpiryQueue, GiftCardReader, GiftCardStore } from './ports.ts';
import { expiryShards } from './ports.ts';

const pageSize = 50;

export interface ExpireGiftCardsDependencies {
  readonly queue: ExpiryQueue;
  readonly giftCards: GiftCardReader & Pick<GiftCardStore, 'record'>;
}

/**
 * Expires every gift card whose validity has ended: what is available on it lapses, what is held stays held.
 *
 * Primary course:
 * 1. Each shard's due cards are found by index, earliest first.
 * 2. A card is read and expires, if that is still due and nobody else changed it meanwhile.
 *
 * Answers how many it expired. A card that was changed in between, or that is left when the time is over, is still due
 * and is taken the next time; so is a day that was missed.
 */
export async function expireGiftCards(
  dependencies: ExpireGiftCardsDependencies,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<number> {
  const shards = Array.from({ length: expiryShards }, (_, shard) => shard);
  const counts = await Promise.all(shards.map((shard) => drainShard(dependencies, shard, now, isTimeLeft)));
  return counts.reduce((total, count) => total + count, 0);
}

async function drainShard(
  { queue, giftCards }: ExpireGiftCardsDependencies,
  shard: number,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<number> {
  let expired = 0;
  for (;;) {
    const due = await queue.due(shard, now, pageSize);
    let moved = 0;
    for (const giftCardId of due) {
      if (!isTimeLeft()) return expired + moved;
      const card = await giftCards.find(giftCardId);
      const expiry = card && expiryOf(card, now);
      if (expiry && (await giftCards.record(expiry)) === 'recorded') moved += 1;
    }
    expired += moved;
    // An index lags behind its table: a page that moved nothing on would be read for ever.
    if (due.length < pageSize || moved === 0) return expired;
  }
}
