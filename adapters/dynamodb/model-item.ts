import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { featureSchemaHash } from '../../core/fraud/features/features.ts';
import type { FraudModel } from '../../core/fraud/model/fraud-model.ts';
import { parseModelFile, toModelFile } from '../../core/fraud/model/fraud-model.ts';
import { rolesAtFirst, rolesChangeKinds } from '../../core/fraud/serving/model-roles.ts';
import type { ModelRoles } from '../../core/fraud/serving/model-roles.ts';
import type { ModelRecord } from '../../core/fraud/serving/ports.ts';
import { binary } from './binary.ts';

const kinds = z.enum(rolesChangeKinds);
const rolesItem = z.object({
  champion: z.string(),
  challenger: z.string().exactOptional(),
  previous: z.string().exactOptional(),
  changes: z.array(z.object({ kind: kinds, model: z.string(), by: z.string(), at: z.string() })),
  version: z.int(),
});
const recordItem = z.object({
  pk: z.string(),
  trees: z.int(),
  note: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
});
const fileItem = z.object({ file: binary });

/** The one item of the models' roles. */
export const rolesKey: Record<string, AttributeValue> = { pk: { S: 'models' } };

export function isRolesItem(item: Record<string, AttributeValue>): boolean {
  return item['pk']?.S === 'models';
}

export function toRolesItem(roles: ModelRoles): Record<string, AttributeValue> {
  return { ...marshall(roles, { removeUndefinedValues: true }), ...rolesKey };
}

/** Throws when the item is not what this release writes. */
export function toModelRoles(item: Record<string, AttributeValue>): ModelRoles {
  return rolesItem.parse(unmarshall(item));
}

/** As toModelRoles, but that a damaged item stands for a champion that cannot be read: it may stop no payment. */
export function toReadableRoles(item: Record<string, AttributeValue>): ModelRoles {
  const { success, data } = rolesItem.safeParse(unmarshall(item));
  return success ? data : { ...rolesAtFirst, champion: 'damaged' };
}

const prefix = 'model#';

export function modelKey(id: string): Record<string, AttributeValue> {
  return { pk: { S: `${prefix}${id}` } };
}

/** A model as one item: its file, compressed, is a third of what DynamoDB takes in one, or less. */
export function toModelItem({ id, ...record }: ModelRecord, model: FraudModel): Record<string, AttributeValue> {
  return { ...marshall(record), ...modelKey(id), file: { B: gzipSync(toModelFile(model)) } };
}

/** None where the item is not what this release writes: roles can be told, and taken back, without. */
export function toModelRecords(item: Record<string, AttributeValue>): ModelRecord[] {
  const { success, data } = recordItem.safeParse(unmarshall(item));
  if (!success) return [];
  const { pk, ...record } = data;
  return [{ id: pk.slice(prefix.length), ...record }];
}

/** Throws ModelDoesNotFit when the model is for other features than this release's. */
export function toModel(item: Record<string, AttributeValue>): FraudModel {
  const { file } = fileItem.parse(unmarshall(item));
  return parseModelFile(gunzipSync(file).toString('utf8'), featureSchemaHash);
}
