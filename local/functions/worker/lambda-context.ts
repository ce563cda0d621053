import type { WorkerFunction } from '../messages.ts';

/** What a handler gets beside its event. Remaining time is real time: the cloud's clock may jump meanwhile. */
export function createLambdaContext(definition: WorkerFunction, requestId: string): Record<string, unknown> {
  const endsAt = performance.now() + definition.timeoutMilliseconds;
  return {
    awsRequestId: requestId,
    functionName: definition.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: definition.arn,
    memoryLimitInMB: String(definition.memoryMegabytes),
    logGroupName: definition.environment['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: definition.environment['AWS_LAMBDA_LOG_STREAM_NAME'],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(endsAt - performance.now())),
  };
}
