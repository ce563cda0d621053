import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { TransitionLog, TransitionPage } from '../../core/events/ports.ts';
import { toTransitionPage, transitionPrefix } from './readable-items.ts';

/**
 * All transitions of a table by time. No index holds them so, because it would cost every transition a write, and nobody
 * asks but a sweep after a day on which nobody swept: it reads the whole table (decision record 0009). `parse` throws
 * for what is no transition as this release writes it.
 */
export function dynamoTransitionLog<T>(
  client: DynamoDBClient,
  tableName: string,
  parse: (item: Record<string, AttributeValue>) => T,
): TransitionLog<T> {
  return { between: (from, to) => scan(client, tableName, parse, { from, to }) };
}

async function* scan<T>(
  client: DynamoDBClient,
  tableName: string,
  parse: (item: Record<string, AttributeValue>) => T,
  { from, to }: { readonly from: Date; readonly to: Date },
): AsyncGenerator<TransitionPage<T>> {
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tableName,
        FilterExpression: 'begins_with(sk, :transition) AND occurredAt BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':transition': { S: transitionPrefix },
          ':from': { S: from.toISOString() },
          ':to': { S: to.toISOString() },
        },
        ...(startKey ? { ExclusiveStartKey: startKey } : {}),
      }),
    );
    yield toTransitionPage(page.Items ?? [], parse);
    startKey = page.LastEvaluatedKey;
  } while (startKey);
}
