import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { leanSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';
import { outlastConflicts } from './outlast-conflicts.ts';

/**
 * The one client for DynamoDB of a function, made at cold start. It tries a call three times at most and gives each
 * try two seconds: DynamoDB answers within milliseconds or not at all, and the caller's own time is short.
 */
export function createDynamoDBClient(): DynamoDBClient {
  const client = withoutLogger(
    new DynamoDBClient({
      ...leanSettings,
      maxAttempts: 3,
      retryMode: 'standard',
      requestHandler: requestsWithin(2000),
    }),
  );
  outlastConflicts(client);
  return client;
}

/** The client for the streams of tables, of the functions that read them themselves. */
export function createDynamoDBStreamsClient(): DynamoDBStreamsClient {
  return withoutLogger(
    new DynamoDBStreamsClient({ ...leanSettings, maxAttempts: 3, requestHandler: requestsWithin(5000) }),
  );
}
