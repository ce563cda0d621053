import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { ListEntry } from '../../core/fraud/list-entry.ts';
import { listVerdicts, listedKinds } from '../../core/fraud/list-entry.ts';

/** The one partition of the index of all entries: people write them. */
export const everyListEntry = 'entry';

const listEntryItem = z.object({
  pk: z.string(),
  about: z.enum(listedKinds),
  verdict: z.enum(listVerdicts),
  note: z.string(),
  paymentId: z.string().exactOptional(),
  endsAt: z.string().exactOptional(),
  createdBy: z.string(),
  createdAt: z.string(),
  version: z.int(),
});

export function listEntryKey(id: string): Record<string, AttributeValue> {
  return { pk: { S: id } };
}

export function isListEntryItem(item: Record<string, AttributeValue>): boolean {
  return item['pk']?.S?.startsWith('fle_') === true;
}

/** `expiresAt` is DynamoDB's own, in seconds: the item goes some time after the entry has ended. */
export function toListEntryItem({ id, expiresAt, ...entry }: ListEntry): Record<string, AttributeValue> {
  return marshall({
    ...entry,
    pk: id,
    list: everyListEntry,
    ...(expiresAt === undefined ? {} : { endsAt: expiresAt, expiresAt: Math.ceil(Date.parse(expiresAt) / 1000) }),
  });
}

/** Throws when the item is not an entry as this release writes it. */
export function toListEntry(item: Record<string, AttributeValue>): ListEntry {
  const { pk, endsAt, ...rest } = listEntryItem.parse(unmarshall(item));
  return { id: pk, ...rest, ...(endsAt === undefined ? {} : { expiresAt: endsAt }) };
}
