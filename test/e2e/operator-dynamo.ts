import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CloudHere } from './cloud-here.ts';

/** How a client of any service of a running cloud gets the rights of an operator. */
export function operatorOptions({ cloud }: Pick<CloudHere, 'cloud'>) {
  const { accessKeyId, secretAccessKey, sessionToken } = cloud.operatorCredentials;
  return { endpoint: cloud.awsUrl, region: cloud.region, credentials: { accessKeyId, secretAccessKey, sessionToken } };
}

/** A client with the rights of an operator, to look into tables and to put what no API writes. */
export function operatorDynamo(here: CloudHere): DynamoDBClient {
  return new DynamoDBClient(operatorOptions(here));
}

/** The physical name of a table by the id of its construct. */
export function tableName({ cloud }: CloudHere, id: string): string {
  const table = cloud.assembly.resources.find(
    ({ type, logicalId }) => type === 'AWS::DynamoDB::Table' && logicalId.startsWith(id),
  );
  if (!table) throw new Error(`There is no table ${id}`);
  return table.physicalId;
}
