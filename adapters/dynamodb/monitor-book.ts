import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { MonitorBook } from '../../core/fraud/monitoring/ports.ts';
import { batchGetItems } from './batch-get.ts';
import { conditionHeld } from './errors.ts';

/** The partition of the index `byList` that holds reports. */
const everyReport = 'report';

const distribution = z.object({ borders: z.array(z.number()), counts: z.array(z.number()) });
const baselineItem = z.object({ baseline: z.record(z.string(), distribution) });
const reportItem = z.object({
  day: z.string(),
  createdAt: z.string(),
  payments: z.int(),
  stability: z.record(z.string(), z.number()),
  quality: z.object({
    payments: z.int(),
    frauds: z.int(),
    precision: z.number().exactOptional(),
    recall: z.number().exactOptional(),
    expectedFrauds: z.number(),
  }),
  findings: z.array(z.string()),
});

const baselineKey = (name: string) => ({ pk: { S: `baseline#${name}` } });
const reportKey = (day: string) => ({ pk: { S: `report#${day}` } });

/** Reports of each day, and what they compare with, in the fraud table. */
export function dynamoMonitorBook(client: DynamoDBClient, tableName: string): MonitorBook {
  return {
    baseline: async (name) => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: baselineKey(name), ConsistentRead: true }),
      );
      return item && baselineItem.parse(unmarshall(item)).baseline;
    },
    keepBaseline: async (name, baseline) => {
      const put = new PutItemCommand({
        TableName: tableName,
        Item: { ...marshall({ baseline }), ...baselineKey(name) },
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      await conditionHeld(client.send(put));
    },
    write: async (report) => {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: { ...marshall({ ...report, list: everyReport }), ...reportKey(report.day) },
        }),
      );
    },
    list: (limit) => list(client, tableName, limit),
  };
}

async function list(client: DynamoDBClient, tableName: string, limit: number) {
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'byList',
      KeyConditionExpression: '#list = :all',
      ExpressionAttributeNames: { '#list': 'list' },
      ExpressionAttributeValues: { ':all': { S: everyReport } },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  const keys = items.flatMap(({ pk }) => (pk ? [{ pk }] : []));
  const reports = (await batchGetItems(client, tableName, keys)).map((item) => reportItem.parse(unmarshall(item)));
  return reports.toSorted((one, other) => (one.day > other.day ? -1 : 1));
}
