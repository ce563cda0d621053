import * as z from 'zod';
import { AwsError } from './aws-error.ts';

/** The answer of a service that failed on its own side, before or after it did what was asked. */
export function internalError(): AwsError {
  return new AwsError('InternalServerError', 'Internal server error (injected fault)', 500);
}

/** The answer of a service that is not there at all. */
export function unavailableError(service: string): AwsError {
  return new AwsError('ServiceUnavailable', `The service ${service} is unavailable (injected fault)`, 503);
}

/** Each service has its own name for "slow down"; SDK clients retry by these names. */
export function throttlingError(service: string): AwsError {
  switch (service) {
    case 'dynamodb':
      return new AwsError(
        'ProvisionedThroughputExceededException',
        'The level of configured provisioned throughput for the table was exceeded (injected fault)',
      );
    case 'lambda':
      return new AwsError('TooManyRequestsException', 'Rate Exceeded. (injected fault)', 429, {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        Type: 'User',
      });
    default:
      return new AwsError('ThrottlingException', 'Rate exceeded (injected fault)');
  }
}

const transaction = z.object({ TransactItems: z.array(z.unknown()) });

/**
 * What DynamoDB answers when another transaction holds the item: to a transaction a cancellation that blames the
 * first item, to a single write its own exception. Undefined for calls that cannot meet it: plain reads, and
 * every other service.
 */
export function conflictError(service: string, operation: string, input: unknown): AwsError | undefined {
  if (service !== 'dynamodb') return undefined;
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems': {
      const items = transaction.safeParse(input).data?.TransactItems ?? [];
      const reasons = items.map((_, index) =>
        index === 0
          ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
          : { Code: 'None' },
      );
      const codes = reasons.map(({ Code }) => Code).join(', ');
      const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
      return new AwsError('TransactionCanceledException', message, 400, { CancellationReasons: reasons });
    }
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return new AwsError('TransactionConflictException', 'Transaction is ongoing for the item');
    default:
      return undefined;
  }
}
