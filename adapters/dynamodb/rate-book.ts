import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { DayRates } from '../../core/fx/day-rates.ts';
import type { RateBook } from '../../core/fx/ports.ts';

/** All days are one partition, in the order of their dates: the newest is one read, and there is one a day. */
const partition = 'rates';

const dayItem = z.object({ sk: z.string(), perEuro: z.record(z.string(), z.string()) });

/** The days' rates in the fx table (docs/architecture.md, "Tables"): one item a day, written once. */
export function dynamoRateBook(client: DynamoDBClient, tableName: string): RateBook {
  return {
    newest: async () => {
      const { Items: [newest] = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :rates',
          ExpressionAttributeValues: marshall({ ':rates': partition }),
          ScanIndexForward: false,
          Limit: 1,
          ConsistentRead: true,
        }),
      );
      return newest && toDayRates(newest);
    },
    keep: async ({ date, perEuro }) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall({ pk: partition, sk: date, perEuro }),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { kind: 'kept' };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item) {
          return { kind: 'exists', rates: toDayRates(error.Item) };
        }
        throw error;
      }
    },
  };
}

function toDayRates(item: Record<string, AttributeValue>): DayRates {
  const { sk, perEuro } = dayItem.parse(unmarshall(item));
  return { date: sk, perEuro };
}
