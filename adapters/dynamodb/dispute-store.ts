import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Dispute } from '../../core/disputes/dispute.ts';
import type { DisputeStore } from '../../core/disputes/ports.ts';
import { spreadOut } from './back-off.ts';
import { disputeKey, toDispute, toDisputeItem } from './dispute-item.ts';
import { cancellationReasons } from './errors.ts';
import { findLots } from './find-lots.ts';
import { writeOf } from './lot-item.ts';
import { findPayment, writesOf } from './payment-store.ts';
import { transactWrite } from './transact.ts';

interface Tables {
  readonly paymentsTableName: string;
  readonly lotsTableName: string;
  readonly disputesTableName: string;
}

/** Disputes in a table of their own; their transitions are those of their payments, in the payments' table. */
export function dynamoDisputeStore(client: DynamoDBClient, tables: Tables): DisputeStore {
  const { paymentsTableName, lotsTableName, disputesTableName } = tables;
  return {
    find: (disputeId) => findDispute(client, disputesTableName, disputeId),
    findPayment: (paymentId) => findPayment(client, paymentsTableName, paymentId),
    lots: (lotIds) => findLots(client, lotsTableName, lotIds),
    record: async (transition, dispute, versionBefore, attempt) => {
      try {
        await transactWrite(client, [
          ...writesOf(paymentsTableName, transition),
          putOf(disputesTableName, dispute, versionBefore),
          ...transition.lots.map((change) => writeOf(lotsTableName, change)),
        ]);
        return 'recorded';
      } catch (error) {
        if (!cancellationReasons(error).includes('ConditionalCheckFailed')) throw error;
        await spreadOut(attempt);
        return 'changed';
      }
    },
  };
}

/** The dispute as it stands, strongly consistent. */
export async function findDispute(
  client: DynamoDBClient,
  tableName: string,
  disputeId: string,
): Promise<Dispute | undefined> {
  const command = new GetItemCommand({ TableName: tableName, Key: disputeKey(disputeId), ConsistentRead: true });
  const { Item: item } = await client.send(command);
  return item && toDispute(item);
}

function putOf(tableName: string, dispute: Dispute, versionBefore: number | undefined): TransactWriteItem {
  const Item = toDisputeItem(dispute);
  if (versionBefore === undefined) {
    return { Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
  return {
    Put: {
      TableName: tableName,
      Item,
      ConditionExpression: '#version = :before',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':before': { N: String(versionBefore) } },
    },
  };
}
