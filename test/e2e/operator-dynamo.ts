import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CloudHere } from './cloud-here.ts';

/** A client with the rights of an operator, to look into tables and to put what no API writes. */
export function operatorDynamo({ cloud }: CloudHere): DynamoDBClient {
  const { accessKeyId, secretAccessKey, sessionToken } = cloud.operatorCredentials;
  return new DynamoDBClient({
    endpoint: cloud.awsUrl,
    region: cloud.region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
}

/** The physical name of a table by the id of its construct. */
export function tableName({ cloud }: CloudHere, id: string): string {
  return cloud.assembly.resources.find(({ logicalId }) => logicalId.startsWith(id))?.physicalId ?? '';
}
