import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { streamArn } from '../../local/dynamodb/arns.ts';
import type { CloudHere } from './cloud-here.ts';
import { operatorOptions } from './operator-dynamo.ts';

/**
 * Word of a batch of one record that the stream of a table gave up on, in this time. Without a number the stream has
 * forgotten it since: no record has the number 0.
 */
export async function giveWordOfForgottenBatch(
  { cloud }: CloudHere,
  { queue, table }: { readonly queue: string; readonly table: string },
  from: Date,
  to: Date,
  sequenceNumber = '0',
): Promise<void> {
  const client = new SQSClient(operatorOptions({ cloud }));
  const find = (type: string, id: string) =>
    cloud.assembly.resources.find(
      ({ type: of, logicalId }) => of === type && logicalId.replace(/[0-9A-F]{8}$/u, '') === id,
    )?.physicalId ?? '';
  const place = { region: cloud.region, accountId: '000000000000' };
  const info = {
    streamArn: streamArn(place, find('AWS::DynamoDB::Table', table)),
    ...{
      shardId: 'shardId-00000001',
      startSequenceNumber: sequenceNumber,
      endSequenceNumber: sequenceNumber,
      batchSize: 1,
    },
    ...{ approximateArrivalOfFirstRecord: from.toISOString(), approximateArrivalOfLastRecord: to.toISOString() },
  };
  const QueueUrl = find('AWS::SQS::Queue', queue);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ DDBStreamBatchInfo: info }) }));
  client.destroy();
}
