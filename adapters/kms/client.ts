import { KMSClient } from '@aws-sdk/client-kms';
import { forgetfulSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';

/** The one client for KMS of a function, made at cold start: three tries of two seconds at most. */
export function createKmsClient(): KMSClient {
  return withoutLogger(
    new KMSClient({
      ...forgetfulSettings,
      maxAttempts: 3,
      retryMode: 'standard',
      requestHandler: requestsWithin(2000),
    }),
  );
}
