import { AwsError } from '../kernel/aws-error.ts';
import type { AwsService, Call, ServiceOptions } from '../kernel/service.ts';
import { describingOperations } from './describing.ts';
import { encryptionOperations } from './encryption.ts';
import { openKeyRing } from './key-ring.ts';
import type { KeyRing } from './key-ring.ts';
import type { Operation } from './operation.ts';
import { signingOperations } from './signing.ts';

/**
 * AWS KMS on one machine: the template's keys, made once and kept in `<dataDir>/kms` for the owner's eyes alone. Throws
 * when a key on disk is damaged or is not the one that the template describes.
 */
export function createKmsService(options: ServiceOptions): AwsService {
  return serveKeys(openKeyRing(options), options.accountId);
}

/** The service over keys that are at hand: where tests bring keys of published vectors. */
export function serveKeys(keys: KeyRing, accountId: string): AwsService {
  const operations = new Map<string, Operation>(
    Object.entries({
      ...encryptionOperations(keys),
      ...signingOperations(keys),
      ...describingOperations(keys, accountId),
    }),
  );
  return {
    name: 'kms',
    targets: ['TrentService'],
    access: (call) => operations.get(call.operation)?.access(call.input) ?? [],
    // eslint-disable-next-line @typescript-eslint/require-await -- every operation is at hand at once; the port allows for waiting.
    handle: async (call) => handle(operations, call),
  };
}

function handle(operations: ReadonlyMap<string, Operation>, { operation, input }: Call) {
  const served = operations.get(operation);
  if (!served)
    throw new AwsError('UnsupportedOperationException', `The embedded cloud does not serve kms:${operation}.`);
  if (input['Recipient'] !== undefined) {
    throw new AwsError(
      'UnsupportedOperationException',
      'Recipient (Nitro enclaves) is not served by the embedded cloud.',
    );
  }
  const answer = served.handle(input);
  if (input['DryRun'] === true) {
    throw new AwsError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
      412,
    );
  }
  return answer;
}
