import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { KeptSettings } from '../../core/fraud/settings.ts';
import { fraudSettings } from '../../core/fraud/settings.ts';

/** The one item of operators' settings. */
export const settingsKey: Record<string, AttributeValue> = { pk: { S: 'settings' } };

export function isSettingsItem(item: Record<string, AttributeValue>): boolean {
  return item['pk']?.S === 'settings';
}

const settingsItem = z.object({
  settings: fraudSettings,
  version: z.int(),
  updatedAt: z.string().exactOptional(),
  updatedBy: z.string().exactOptional(),
});

export function toSettingsItem(kept: KeptSettings): Record<string, AttributeValue> {
  return { ...marshall(kept), ...settingsKey };
}

/** Throws when the item is not what this release writes. */
export function toKeptSettings(item: Record<string, AttributeValue>): KeptSettings {
  return settingsItem.parse(unmarshall(item));
}
