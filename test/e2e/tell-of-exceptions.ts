import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoExceptionBook } from '../../adapters/dynamodb/exception-book.ts';
import { recordException } from '../../core/exceptions/record-exception.ts';
import { createClient } from '../../packages/client/index.ts';
import type { CloudHere } from './cloud-here.ts';

/** Something does not fit, and an operator looks at it. */
export async function tellOfExceptions(here: CloudHere): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = here.cloud.operatorCredentials;
  const dynamo = new DynamoDBClient({
    endpoint: here.cloud.awsUrl,
    region: here.cloud.region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const table = here.cloud.assembly.resources.find(({ logicalId }) => logicalId.startsWith('ExceptionsTable'));
  const book = dynamoExceptionBook(dynamo, table?.physicalId ?? '');
  await recordException(book, { kind: 'journal_record_unreadable', cause: ['story'] }, await here.now());
  dynamo.destroy();
  const accessToken = here.accessTokenFor('operations/read');
  await createClient({ apiUrl: here.outputs.apiUrl, accessToken }).listExceptions({ state: 'open' });
}
