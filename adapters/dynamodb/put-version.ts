import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { isDeepStrictEqual } from 'node:util';
import { isConditionalCheckFailed } from './errors.ts';

/**
 * The condition under which a whole item is written as this version: the version before it still stands, or there is none. When it
 * does not hold, the item that stands comes with the error.
 */
export function versionCondition(version: number) {
  return {
    ConditionExpression: version === 1 ? 'attribute_not_exists(pk)' : '#version = :before',
    ...(version !== 1 && {
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':before': { N: String(version - 1) } },
    }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;
}

/** Writes a whole item as this version; answers `changed` when another stands in place of the version before it. */
export async function putVersion(
  client: DynamoDBClient,
  tableName: string,
  item: Record<string, AttributeValue>,
  version: number,
): Promise<'written' | 'changed'> {
  try {
    await client.send(new PutItemCommand({ TableName: tableName, Item: item, ...versionCondition(version) }));
    return 'written';
  } catch (error) {
    if (!isConditionalCheckFailed(error)) throw error;
    // The SDK's own second try of a write whose answer was lost runs into the first one's work.
    return isDeepStrictEqual(error.Item, item) ? 'written' : 'changed';
  }
}
