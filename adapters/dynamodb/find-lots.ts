import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Lot } from '../../core/lots/lot.ts';
import { batchGetItems } from './batch-get.ts';
import { lotKey, toLot } from './lot-item.ts';

/** Lots in the order of their ids as given, strongly consistent; one that does not exist is left out. */
export async function findLots(
  client: DynamoDBClient,
  tableName: string,
  lotIds: readonly string[],
): Promise<readonly Lot[]> {
  const items = await batchGetItems(client, tableName, lotIds.map(lotKey), { consistent: true });
  const byId = new Map(items.map(toLot).map((lot) => [lot.id, lot]));
  return lotIds.flatMap((id) => byId.get(id) ?? []);
}
