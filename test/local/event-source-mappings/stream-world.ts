import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { createEventSourceMappings } from '../../../local/event-source-mappings/event-source-mappings.ts';
import type { Call, JsonObject, Resource } from '../../../local/kernel/service.ts';
import { createQueueService } from '../../../local/queue/queue-service.ts';
import {
  functionResource,
  givenCloud,
  givenLambda,
  queueResource,
  resource,
  temporaryFolder,
} from '../data-services/harness.ts';

const tableArn = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Stack-Table';
export const streamArn = `${tableArn}/stream/2026-01-01T00:00:00.000`;
const deadLetterArn = 'arn:aws:sqs:eu-central-1:000000000000:Stack-Unpublished';
const operator = { kind: 'operator' } as const;

export const table = resource(
  'AWS::DynamoDB::Table',
  'Table',
  {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  },
  { arn: tableArn },
);

export function mapping(more: JsonObject = {}): Resource {
  return resource('AWS::Lambda::EventSourceMapping', 'Mapping', {
    EventSourceArn: streamArn,
    FunctionName: 'Stack-Function',
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: deadLetterArn } },
    ...more,
  });
}

const closers: (() => Promise<void> | void)[] = [];

/** Has something closed by `closeAll`. */
export function closeLater(close: () => Promise<void> | void): void {
  closers.push(close);
}

/** Ends what the test was given, the last first. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** The keys of the records that the function is given, an invocation a list. */
export type Handler = (keys: readonly string[], records: readonly StreamEvent[], call: Call) => unknown;
export interface StreamEvent {
  readonly eventSourceARN: string;
  readonly dynamodb: { readonly SequenceNumber: string; readonly Keys: { readonly pk: { readonly S: string } } };
}

/** A mapping of a table's stream to a function that the test plays, on a folder of its own. */
export async function givenMapping(handler: Handler, more: JsonObject = {}, dataDir = temporaryFolder(), start = true) {
  const resources = [table, functionResource('Function'), queueResource('Unpublished'), mapping(more)];
  const cloud = givenCloud(resources, dataDir);
  const dynamoDb = await createDynamoDbService(cloud.options);
  const queues = createQueueService(cloud.options);
  const mappings = createEventSourceMappings({ ...cloud.options, streams: dynamoDb, queues });
  const batches: string[][] = [];
  cloud.add(dynamoDb);
  cloud.add(queues);
  cloud.add({ ...mappings, handle: () => Promise.reject(new Error('no API')) });
  cloud.add(
    givenLambda((payload, call) => {
      const records = payload['Records'] as unknown as StreamEvent[];
      const keys = records.map(({ dynamodb }) => dynamodb.Keys.pk.S);
      batches.push(keys);
      return handler(keys, records, call);
    }),
  );
  closeLater(() => cloud.close());
  if (start) mappings.start();
  return {
    ...{ cloud, mappings, batches, dataDir },
    put: async (...keys: readonly string[]) => {
      for (const key of keys) {
        const input = { TableName: 'Stack-Table', Item: { pk: { S: key } } };
        await dynamoDb.handle({ operation: 'PutItem', input, caller: operator });
      }
    },
    letters: async () => {
      const input = { QueueUrl: 'https://sqs/0/Stack-Unpublished', MaxNumberOfMessages: 10 };
      const answer = await queues.handle({ operation: 'ReceiveMessage', input, caller: operator });
      const messages = (answer['Messages'] ?? []) as unknown as { Body: string }[];
      return messages.map(({ Body }) => JSON.parse(Body) as JsonObject);
    },
  };
}
