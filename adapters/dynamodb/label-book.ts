import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { LabelBook } from '../../core/fraud/ports.ts';
import { conditionHeld } from './errors.ts';
import { toLabelItem } from './label-item.ts';

/** Labels of payments, in the fraud table. They never expire. */
export function dynamoLabelBook(client: DynamoDBClient, tableName: string): LabelBook {
  return {
    write: async (label) => {
      const put = new PutItemCommand({
        TableName: tableName,
        Item: toLabelItem(label),
        ConditionExpression: 'attribute_not_exists(pk) OR knownAt <= :knownAt',
        ExpressionAttributeValues: { ':knownAt': { S: label.knownAt } },
      });
      await conditionHeld(client.send(put));
    },
  };
}
