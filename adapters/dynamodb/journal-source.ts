import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { JournalEntry } from '../../core/ledger/journal/entry.ts';
import type { Posting } from '../../core/ledger/posting.ts';
import { itemDigest } from './canonical-item.ts';
import { toGiftCardTransition } from './gift-card-item.ts';
import { toSettlementTransition } from './settlement-item.ts';
import { toTransition } from './transition-item.ts';

type Item = Record<string, AttributeValue>;

interface Posted {
  readonly occurredAt: string;
  readonly postings: readonly Posting[];
}

/** Whose transitions the journal is made of, by what their ids begin with. Each is read by the adapter that wrote it. */
const sources: Readonly<Record<string, (item: Item) => Posted>> = {
  pay_: toTransition,
  gc_: toGiftCardTransition,
  stl_: toSettlementTransition,
};

const transitionPrefix = 'transition#';
const key = z.object({
  pk: z.object({ S: z.string() }),
  sk: z.object({ S: z.string().startsWith(transitionPrefix) }),
});

/** Whether an item is a transition that belongs into the journal. */
export function isJournaled(item: Item): boolean {
  return sourceOf(item['pk']?.S ?? '') !== undefined && item['sk']?.S?.startsWith(transitionPrefix) === true;
}

/** The entry of a transition's item. Throws when the item is not a transition as this release writes it. */
export function toJournalEntry(item: Item): JournalEntry {
  const { pk, sk } = key.parse(item);
  const read = sourceOf(pk.S);
  if (!read) throw new Error(`No transitions of ${pk.S} are known`);
  const { occurredAt, postings } = read(item);
  // Times are compared as text, so there must be one way to write them.
  if (new Date(occurredAt).toISOString() !== occurredAt) throw new Error(`${occurredAt} is not in milliseconds, UTC`);
  return { objectId: pk.S, step: sk.S.slice(transitionPrefix.length), occurredAt, digest: itemDigest(item), postings };
}

function sourceOf(objectId: string): ((item: Item) => Posted) | undefined {
  return sources[objectId.slice(0, objectId.indexOf('_') + 1)];
}
