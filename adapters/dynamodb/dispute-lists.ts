import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Dispute } from '../../core/disputes/dispute.ts';
import type { DisputeLists, DisputePage, DisputePosition, DisputeQuery } from '../../core/disputes/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { disputeKey, everyDispute, toDispute } from './dispute-item.ts';
import { findDispute } from './dispute-store.ts';

/** How many index pages a filtered request may read before it answers what it has with a cursor. */
const mostPages = 5;

/** All disputes by the time of their opening: the index holds keys alone, the disputes are read in one batch. */
export function dynamoDisputeLists(client: DynamoDBClient, tableName: string): DisputeLists {
  return {
    find: (disputeId) => findDispute(client, tableName, disputeId),
    list: (query) => list(client, tableName, query),
  };
}

async function list(client: DynamoDBClient, tableName: string, query: DisputeQuery): Promise<DisputePage> {
  const found: Dispute[] = [];
  let position = query.after;
  for (let page = 0; page < mostPages; page += 1) {
    const positions = await newest(client, tableName, query.limit, position);
    const keys = positions.map(({ id }) => disputeKey(id));
    const items = await batchGetItems(client, tableName, keys);
    const disputes = new Map(items.map(toDispute).map((dispute) => [dispute.id, dispute]));
    for (const at of positions) {
      const dispute = disputes.get(at.id);
      position = at;
      if (dispute && matches(dispute, query)) found.push(dispute);
      if (found.length === query.limit) return { disputes: found, next: position };
    }
    if (positions.length < query.limit) return { disputes: found, next: undefined };
  }
  return { disputes: found, next: position };
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
