import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CloudHere } from './cloud-here.ts';
import { operatorDynamo, tableName } from './operator-dynamo.ts';
import { giveWordOfForgottenBatch } from './forgotten-batch.ts';
import { invokeFunction } from './invoke-function.ts';

const hourMilliseconds = 3_600_000;

/**
 * What looks after payments: the watch could not tell of a batch; a payment comes to the day before it runs out; a
 * person lists theirs.
 */
export async function tellOfUpkeep(here: CloudHere, paymentId: string): Promise<void> {
  const now = await here.now();
  const queues = { queue: 'BegunPaymentsQueue', table: 'PaymentsTable' };
  // The very first record of the stream is there still.
  await giveWordOfForgottenBatch(here, queues, now, now, '1');
  await here.advance('PT1M');
  await agePayment(here, paymentId, now);
  await invokeFunction(here, 'PaymentUpkeepNoteExpiries');
  await invokeFunction(here, 'PaymentsListPayments', 'RequestResponse', {
    version: '2.0',
    headers: {},
    requestContext: {
      ...{ requestId: 'story', timeEpoch: now.getTime(), http: { method: 'GET', path: '/v1/payments' } },
      authorizer: {
        jwt: { claims: { sub: 'person', client_id: 'page', token_use: 'access', scope: 'payments/read' } },
      },
    },
  });
}

/** Lets a payment have been created when the pass of the next run looks: days, which the story does not wait for. */
async function agePayment(here: CloudHere, paymentId: string, now: Date): Promise<void> {
  const dynamo = operatorDynamo(here);
  const TableName = tableName(here, 'PaymentsTable');
  const before = (hours: number) => new Date(now.getTime() - hours * hourMilliseconds).toISOString();
  // The pass of the shortest window looks back for 112 hours.
  const createdAt = before(113);
  await dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: { S: paymentId }, sk: { S: 'payment' } },
      UpdateExpression: 'SET createdAt = :createdAt, createdShard = :shard',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':createdAt': { S: createdAt }, ':shard': { S: `${createdAt.slice(0, 10)}#0` } },
    }),
  );
  await dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: { S: 'watermark' }, sk: { S: 'note-expiries' } },
      UpdateExpression: 'SET walkedUntil = :time',
      ExpressionAttributeValues: { ':time': { S: before(3) } },
    }),
  );
  dynamo.destroy();
}
