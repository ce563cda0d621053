import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { chainKey } from './journal-item.ts';

export interface JournalRange {
  readonly chain: number;
  /** The first and the last sort key, both included. */
  readonly first: string;
  readonly last: string;
  readonly descending?: boolean;
}

/** Items of a chain by their sort keys, strongly consistent, a page at a time: pages grow, as the caller asks for more. */
export async function* rangeOf(
  client: DynamoDBClient,
  tableName: string,
  { chain, first, last, descending = false }: JournalRange,
): AsyncGenerator<Record<string, AttributeValue>> {
  let startKey: Record<string, AttributeValue> | undefined;
  let pageSize = 2;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: { ':pk': chainKey(chain), ':first': { S: first }, ':last': { S: last } },
        ScanIndexForward: !descending,
        ConsistentRead: true,
        Limit: pageSize,
        ...(startKey ? { ExclusiveStartKey: startKey } : {}),
      }),
    );
    yield* page.Items ?? [];
    startKey = page.LastEvaluatedKey;
    pageSize = Math.min(pageSize * 2, 64);
  } while (startKey);
}
