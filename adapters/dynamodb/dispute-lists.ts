import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Dispute } from '../../core/disputes/dispute.ts';
import type { DisputeLists, DisputePage, DisputePosition, DisputeQuery } from '../../core/disputes/ports.ts';
import { disputeKey, everyDispute, toDispute } from './dispute-item.ts';
import { findDispute } from './dispute-store.ts';
import { filteredPage, itemsInOrder } from './filtered-page.ts';

/** All disputes by the time of their opening: the index holds keys alone, the disputes are read in one batch. */
export function dynamoDisputeLists(client: DynamoDBClient, tableName: string): DisputeLists {
  return {
    find: (disputeId) => findDispute(client, tableName, disputeId),
    list: (query) => list(client, tableName, query),
  };
}

async function list(client: DynamoDBClient, tableName: string, query: DisputeQuery): Promise<DisputePage> {
  const { found, next } = await filteredPage(query, {
    positionsAfter: (position: DisputePosition | undefined) => newest(client, tableName, query.limit, position),
    readAll: async (positions) => {
      const keys = positions.map(({ id }) => disputeKey(id));
      return (await itemsInOrder(client, tableName, keys)).map((item) => item && toDispute(item));
    },
    matches: (dispute: Dispute) => matches(dispute, query),
  });
  return { disputes: found, next };
}

function matches(dispute: Dispute, { state, paymentId }: DisputeQuery): boolean {
  return (
    (state === undefined || dispute.state === state) && (paymentId === undefined || dispute.paymentId === paymentId)
  );
}

async function newest(
  client: DynamoDBClient,
  tableName: string,
  limit: number,
  after: DisputePosition | undefined,
): Promise<readonly DisputePosition[]> {
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'byOpenedAt',
      KeyConditionExpression: '#list = :all',
      ExpressionAttributeNames: { '#list': 'list' },
      ExpressionAttributeValues: { ':all': { S: everyDispute } },
      ScanIndexForward: false,
      Limit: limit,
      ...(after
        ? {
            ExclusiveStartKey: {
              ...disputeKey(after.id),
              list: { S: everyDispute },
              openedAt: { S: after.openedAt },
            },
          }
        : {}),
    }),
  );
  return items.flatMap(({ pk, openedAt }) =>
    pk?.S !== undefined && openedAt?.S !== undefined ? [{ id: pk.S, openedAt: openedAt.S }] : [],
  );
}
