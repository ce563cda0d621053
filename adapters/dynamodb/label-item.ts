import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Label, LabelSource } from '../../core/fraud/label.ts';
import { labelSources } from '../../core/fraud/label.ts';

const labelItem = z.object({
  pk: z.string(),
  paymentId: z.string(),
  source: z.enum(labelSources),
  isFraud: z.boolean(),
  knownAt: z.string(),
});

export function labelKey(paymentId: string, source: LabelSource): Record<string, AttributeValue> {
  return { pk: { S: `label#${paymentId}#${source}` } };
}

export function isLabelItem(item: Record<string, AttributeValue>): boolean {
  return item['pk']?.S?.startsWith('label#') === true;
}

export function toLabelItem(label: Label): Record<string, AttributeValue> {
  return { ...marshall(label), ...labelKey(label.paymentId, label.source) };
}

/** Throws when the item is not a label as this release writes it. */
export function toLabel(item: Record<string, AttributeValue>): Label {
  const { pk: _key, ...label } = labelItem.parse(unmarshall(item));
  return label;
}
