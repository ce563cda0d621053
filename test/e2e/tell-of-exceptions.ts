import { dynamoExceptionBook } from '../../adapters/dynamodb/exception-book.ts';
import { recordException } from '../../core/exceptions/record-exception.ts';
import { createClient } from '../../packages/client/index.ts';
import type { CloudHere } from './cloud-here.ts';
import { operatorDynamo, tableName } from './operator-dynamo.ts';

/** Something does not fit, and an operator looks at it. */
export async function tellOfExceptions(here: CloudHere): Promise<void> {
  const dynamo = operatorDynamo(here);
  const book = dynamoExceptionBook(dynamo, tableName(here, 'ExceptionsTable'));
  await recordException(book, { kind: 'journal_record_unreadable', cause: ['story'] }, await here.now());
  dynamo.destroy();
  const accessToken = here.accessTokenFor('operations/read');
  await createClient({ apiUrl: here.outputs.apiUrl, accessToken }).listExceptions({ state: 'open' });
}
