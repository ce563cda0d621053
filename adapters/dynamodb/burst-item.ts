import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { BurstDay } from '../../core/fraud/features/bursts.ts';
import { newDay } from '../../core/fraud/features/bursts.ts';

/** Whose bursts an item counts. */
export type BurstKind = 'card' | 'device';

/** The key of a day of a card or a device. */
export function burstKey(kind: BurstKind, id: string, day: number): Record<string, AttributeValue> {
  return { pk: { S: `burst#${kind}#${id}#${day}` } };
}

/** Whether an item is a day of bursts; of a card or of a device, when that is asked. */
export function isBurstItem(item: Record<string, AttributeValue>, kind?: BurstKind): boolean {
  return item['pk']?.S?.startsWith(kind ? `burst#${kind}#` : 'burst#') === true;
}

/** Sums are attributes of their own, since ADD knows no others: `s0`, `s1` ... in the order of their half-lives. */
export const sumNames = ['s0', 's1', 's2', 's3'] as const;

const sum = z.number().default(0);
const burstItem = z.object({
  ...{ s0: sum, s1: sum, s2: sum, s3: sum },
  payments: z.int().default(0),
  /** OTHERS is a reserved word of DynamoDB's. */
  companions: z.set(z.string()).default(new Set()),
});

/** A day as an item tells it; one on which nothing happened where there is none. */
export function toBurstDay(item: Record<string, AttributeValue> | undefined, day: number): BurstDay {
  if (!item) return newDay(day);
  const { payments, companions, ...sums } = burstItem.parse(unmarshall(item));
  return { day, sums: { epoch: day + 1, sums: sumNames.map((name) => sums[name]) }, payments, others: [...companions] };
}
