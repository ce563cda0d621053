import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { CloudHere } from './cloud-here.ts';
import { operatorDynamo, tableName } from './operator-dynamo.ts';

/** Every item of a table of a running cloud, read as an operator; by the id of the table's construct. */
export async function storedItems(here: CloudHere, id: string): Promise<Record<string, AttributeValue>[]> {
  const client = operatorDynamo(here);
  const items: Record<string, AttributeValue>[] = [];
  for await (const page of paginateScan({ client }, { TableName: tableName(here, id), ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  client.destroy();
  return items;
}
