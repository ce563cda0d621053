import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { exceptionKinds, isExceptionKind } from '../../core/exceptions/kinds.ts';
import type {
  HeldLine,
  OverdueMovement,
  Settlement,
  SettlementProgress,
  SettlementTransition,
} from '../../core/settlement/settlement.ts';
import { settledKey, settlementId } from '../../core/settlement/settlement.ts';
import { amount } from './amount.ts';
import { postingText, toPostingText } from './posting-text.ts';

type Item = Record<string, AttributeValue>;

const settlementSortKey = 'settlement';
const settledSortKey = 'settled';
/** All lines that are held are one partition, in the order of their files: there are few, or people have to look anyway. */
export const heldPartition = 'held';
export const overduePartition = 'overdue';

export const progressKey: Item = { pk: { S: 'progress' }, sk: { S: settlementSortKey } };

/** The key of a day's settlement. */
export function settlementKey(date: string): Item {
  return { pk: { S: settlementId(date) }, sk: { S: settlementSortKey } };
}

/** The key of what says that a reference is settled. */
export function settledItemKey(key: string): Item {
  return { pk: { S: key }, sk: { S: settledSortKey } };
}

/** What an item of this table, or of another, marks as settled, if anything. */
export function settledKeyOf(item: Item): string | undefined {
  return item['sk']?.S === settledSortKey ? item['pk']?.S : undefined;
}

/** Whether an item of a settlement's partition is the settlement itself. */
export function isSettlement(item: Item): boolean {
  return item['sk']?.S === settlementSortKey;
}

/** The key of a held line: lines sort by day and number. */
export function heldKey({ date, number }: Pick<HeldLine, 'date' | 'number'>): Item {
  return { pk: { S: heldPartition }, sk: { S: `${date}#${String(number).padStart(9, '0')}` } };
}

/** The key of an overdue movement: they sort by day. */
export function overdueKey(movement: OverdueMovement): Item {
  return { pk: { S: overduePartition }, sk: { S: `${movement.day}#${settledKey(movement)}` } };
}

const amounts = { gross: amount, fee: amount, net: amount, currency: z.string() };
const kind = z.string().refine(isExceptionKind, `is none of ${Object.keys(exceptionKinds).join(', ')}`);

const settlementItem = z.object({
  pk: z.string(),
  date: z.string(),
  sha256: z.string(),
  count: z.int(),
  sums: z.array(z.object(amounts)),
  state: z.enum(['open', 'settled']),
  booked: z.int(),
  unexplained: z.int(),
  openedAt: z.string(),
  updatedAt: z.string(),
  version: z.int(),
});

/** A settlement as DynamoDB keeps it. */
export function toSettlementItem({ id: _id, ...settlement }: Settlement): Item {
  return { ...marshall(settlement), ...settlementKey(settlement.date) };
}

/** Throws when the item is not a settlement as this release writes it. */
export function toSettlement(item: Item): Settlement {
  const { pk, ...rest } = settlementItem.parse(unmarshall(item));
  return { id: pk, ...rest };
}

/** A transition as DynamoDB keeps it: written once, never changed. Versions sort as text. */
export function toSettlementTransitionItem({ settlementId: id, postings, ...rest }: SettlementTransition): Item {
  const sk = `transition#${String(rest.version).padStart(6, '0')}`;
  return marshall({ ...rest, postings: postings.map(toPostingText), pk: id, sk });
}

const transitionItem = z.object({
  pk: z.string(),
  version: z.int(),
  event: z.enum(['settlement.booked', 'settlement.explained']),
  occurredAt: z.string(),
  postings: z.array(postingText),
  clears: z.array(z.string()),
});

/** Throws when the item is not a transition of a settlement as this release writes it. */
export function toSettlementTransition(item: Item): SettlementTransition {
  const { pk, ...rest } = transitionItem.parse(unmarshall(item));
  return { settlementId: pk, ...rest };
}

const progressItem = z.object({ settledThrough: z.string(), checkedThrough: z.string() });

export function toProgressItem(progress: SettlementProgress): Item {
  return { ...marshall({ ...progress }), ...progressKey };
}

export function toProgress(item: Item): SettlementProgress {
  return progressItem.parse(unmarshall(item));
}

const heldItem = z.object({
  date: z.string(),
  number: z.int(),
  line: z.object({ reference: z.string(), operation: z.string(), ...amounts }),
  finding: kind,
  state: z.enum(['held', 'explained']),
});

export function toHeldItem(line: HeldLine): Item {
  return { ...marshall({ ...line }), ...heldKey(line) };
}

export function toHeldLine(item: Item): HeldLine {
  return heldItem.parse(unmarshall(item));
}

const overdueItem = z.object({
  day: z.string(),
  reference: z.string(),
  operation: z.string(),
  paymentId: z.string(),
  net: amount,
  currency: z.string(),
});

export function toOverdueItem(movement: OverdueMovement): Item {
  return { ...marshall({ ...movement }), ...overdueKey(movement) };
}

export function toOverdue(item: Item): OverdueMovement {
  return overdueItem.parse(unmarshall(item));
}
