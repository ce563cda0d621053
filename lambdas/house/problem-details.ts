import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { log } from './log.ts';
import { ProblemError } from './problem-error.ts';

/** Turns whatever a handler throws into RFC 9457 problem details. The inside stays inside: it goes to the log. */
export function problemDetails(): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    onError: (request) => {
      const problem = toProblem(request.error);
      request.response = {
        statusCode: problem.status,
        headers: { 'content-type': 'application/problem+json' },
        body: JSON.stringify(problem),
      };
    },
  };
}

function toProblem(error: unknown) {
  if (error instanceof ProblemError) return error.toProblem();
  const name = error instanceof Error ? error.name : 'unknown';
  log.error('request failed', { error });
  if (transientNames.has(name))
    return new ProblemError('service_unavailable', 'Try again; a POST with the same Idempotency-Key.').toProblem();
  return new ProblemError(
    'internal_error',
    'The request was not understood to have failed or succeeded; ask again before you repeat it.',
  ).toProblem();
}

/** Names of AWS exceptions that pass by themselves. */
const transientNames = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'TransactionConflictException',
  'TransactionCanceledException',
  'InternalServerError',
  'KMSInternalException',
  'ServiceUnavailable',
  'TransactionInProgressException',
  'RequestLimitExceeded',
  'DependencyTimeoutException',
  'LimitExceededException',
  'TimeoutError',
  'ECONNREFUSED',
  'ECONNRESET',
]);
