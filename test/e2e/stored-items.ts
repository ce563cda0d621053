import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { CloudHere } from './cloud-here.ts';

/** Every item of a table of a running cloud, read as an operator; by the id of the table's construct. */
export async function storedItems({ cloud }: CloudHere, id: string): Promise<Record<string, AttributeValue>[]> {
  const table = cloud.assembly.resources.find(
    ({ type, logicalId }) => type === 'AWS::DynamoDB::Table' && logicalId.startsWith(id),
  );
  if (!table) throw new Error(`There is no table ${id}`);
  const { accessKeyId, secretAccessKey, sessionToken } = cloud.operatorCredentials;
  const client = new DynamoDBClient({
    endpoint: cloud.awsUrl,
    region: cloud.region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const items: Record<string, AttributeValue>[] = [];
  for await (const page of paginateScan({ client }, { TableName: table.physicalId, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  client.destroy();
  return items;
}
