import { AwsError } from '../kernel/aws-error.ts';
import { isJsonObject, parseJson } from '../kernel/json.ts';
import { StateFailure } from './interpreter/failure.ts';

/** How an integration names errors: `DynamoDB.ConditionalCheckFailedException`, `DynamoDB.AmazonDynamoDBException`. */
export interface ErrorNaming {
  readonly prefix: string;
  /** The name of every error that the service's API does not list, such as a missing right. */
  readonly generic: string;
}

/** Errors that all services have in common, so that no service's API lists them. */
const unlistedCodes: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'InvalidSignatureException',
  'SerializationException',
  'ServiceUnavailable',
  'ThrottlingException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationError',
  'ValidationException',
]);
const longestError = 256;
const longestCause = 32_768;

/** The error of a task whose call to a service failed, by the name that Step Functions gives it. */
export function toTaskFailure(error: unknown, { prefix, generic }: ErrorNaming): StateFailure {
  if (!(error instanceof AwsError)) {
    return new StateFailure(`${prefix}.SdkClientException`, error instanceof Error ? error.message : String(error));
  }
  const cause = `${error.message} (Service: ${prefix}, Status Code: ${error.statusCode}, Error Code: ${error.code})`;
  if (unlistedCodes.has(error.code)) return new StateFailure(`${prefix}.${generic}`, limit(cause, longestCause));
  const code = error.code.endsWith('Exception') ? error.code : `${error.code}Exception`;
  return new StateFailure(`${prefix}.${code}`, limit(cause, longestCause));
}

/** Lambda's 5xx answers, whatever their code, are what the workflows' authors are told to retry by one name. */
export function toLambdaFailure(error: unknown): StateFailure {
  if (error instanceof AwsError && error.statusCode >= 500) {
    return new StateFailure('Lambda.ServiceException', limit(error.message, longestCause));
  }
  return toTaskFailure(error, { prefix: 'Lambda', generic: 'AWSLambdaException' });
}

/** What a function threw: its type is the error's name, and the cause is the whole of it as JSON text. */
export function toFunctionFailure(payload: string): StateFailure {
  const thrown = readThrown(payload);
  const errorType = isJsonObject(thrown) ? thrown['errorType'] : undefined;
  const name = typeof errorType === 'string' && errorType !== '' ? errorType : 'Lambda.Unknown';
  return new StateFailure(limit(name, longestError), limit(payload, longestCause));
}

function readThrown(payload: string): unknown {
  try {
    return parseJson(payload);
  } catch {
    return undefined;
  }
}

function limit(text: string, length: number): string {
  return text.length > length ? text.slice(0, length) : text;
}
