import { AwsError } from '../kernel/aws-error.ts';
import { parseJson } from '../kernel/json.ts';
import type { Dispatch, JsonObject } from '../kernel/service.ts';
import type { RouteDefinition } from './api-definition.ts';
import type { HttpAnswer } from './function-answer.ts';
import { gatewayAnswer, readFunctionAnswer } from './function-answer.ts';

/** What became of the call to the function, for the access log too. */
export interface IntegrationOutcome {
  readonly answer: HttpAnswer;
  /** The status of Lambda's own answer. */
  readonly lambdaStatus: number | undefined;
  /** What went wrong, without what a function said. */
  readonly error?: string;
}

export interface IntegrationOptions {
  readonly dispatch: Dispatch;
  /** `arn:aws:execute-api:<region>:<account>:<api id>/<stage>`. */
  readonly stageArn: string;
}

/** Calls a route's function; every failure has its answer, nothing is thrown. */
export async function callFunction(
  route: RouteDefinition,
  event: unknown,
  options: IntegrationOptions,
): Promise<IntegrationOutcome> {
  const invoked = invoke(route, event, options);
  const timedOut = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    timedOut.resolve(undefined);
  }, route.timeoutMilliseconds);
  try {
    // The function goes on after the time-out, as in AWS; what it then answers reaches nobody.
    const answer = await Promise.race([invoked, timedOut.promise]);
    return answer ? readOutcome(answer) : failure(503, 'Service Unavailable', undefined, 'Integration timed out');
  } catch (error) {
    return readFailure(error);
  } finally {
    clearTimeout(timer);
    invoked.catch(() => undefined);
  }
}

function invoke(
  { functionArn, key }: RouteDefinition,
  event: unknown,
  { dispatch, stageArn }: IntegrationOptions,
): Promise<JsonObject> {
  // A permission names the route: `<api>/*/*/v1/payments/{id}`; the default route is `<api>/$default/$default`.
  const sourceArn = `${stageArn}/${key.replace(' ', '')}`;
  return dispatch('lambda', {
    operation: 'Invoke',
    input: { FunctionName: functionArn, InvocationType: 'RequestResponse', Payload: JSON.stringify(event) },
    caller: { kind: 'service', principal: 'apigateway.amazonaws.com', sourceArn },
  });
}

function readOutcome({ StatusCode, FunctionError, Payload }: JsonObject): IntegrationOutcome {
  const lambdaStatus = typeof StatusCode === 'number' ? StatusCode : undefined;
  if (FunctionError !== undefined) return failure(500, 'Internal Server Error', lambdaStatus, 'The function failed');
  const answer = readFunctionAnswer(parseJson(typeof Payload === 'string' ? Payload : 'null'));
  return answer
    ? { answer, lambdaStatus }
    : failure(500, 'Internal Server Error', lambdaStatus, 'The answer of the function is malformed');
}

function readFailure(error: unknown): IntegrationOutcome {
  if (!(error instanceof AwsError))
    return failure(500, 'Internal Server Error', undefined, 'The function could not be called');
  const { code, statusCode } = error;
  if (code === 'TooManyRequestsException') return failure(503, 'Service Unavailable', statusCode, code);
  if (code === 'RequestTooLargeException') return failure(413, 'Request Entity Too Large', statusCode, code);
  return failure(500, 'Internal Server Error', statusCode, code);
}

function failure(status: number, message: string, lambdaStatus: number | undefined, error: string): IntegrationOutcome {
  return { answer: gatewayAnswer(status, message), lambdaStatus, error };
}
