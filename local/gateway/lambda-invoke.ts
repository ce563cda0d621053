import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { GatewayRequest, ParsedRequest } from './protocol.ts';

const invokePath = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?|$)/u;

/** What the Lambda service answers to Invoke. */
const invokeAnswer = z.object({
  StatusCode: z.int(),
  ExecutedVersion: z.string().optional(),
  FunctionError: z.string().optional(),
  LogResult: z.string().optional(),
  Payload: z.string().default(''),
});

/**
 * Reads Lambda's Invoke, which is REST: the function in the path, its event in the body, and what went wrong in the
 * function in a header of an answer that is a success. To the service both payloads are JSON text.
 *
 * @returns undefined when the request is not Lambda's.
 */
export function parseLambdaRequest(request: GatewayRequest): ParsedRequest | undefined {
  if (!request.path.startsWith('/2015-03-31/')) return undefined;
  const match = invokePath.exec(request.path);
  if (!match || request.method !== 'POST') {
    throw new AwsError('UnknownOperationException', 'Of the Lambda API the embedded cloud serves Invoke alone.');
  }
  const { 'x-amz-invocation-type': invocationType = 'RequestResponse', 'x-amz-log-type': logType } = request.headers;
  const qualifier = new URL(request.path, 'http://gateway').searchParams.get('Qualifier');
  return {
    service: 'lambda',
    operation: 'Invoke',
    input: {
      FunctionName: decodeURIComponent(match[1] ?? ''),
      InvocationType: invocationType,
      Payload: request.body,
      ...(logType === undefined ? {} : { LogType: logType }),
      ...(qualifier === null ? {} : { Qualifier: qualifier }),
    },
    respond: (answer) => {
      const { StatusCode, ExecutedVersion, FunctionError, LogResult, Payload } = invokeAnswer.parse(answer);
      return {
        statusCode: StatusCode,
        headers: {
          'content-type': 'application/json',
          ...(ExecutedVersion === undefined ? {} : { 'x-amz-executed-version': ExecutedVersion }),
          ...(FunctionError === undefined ? {} : { 'x-amz-function-error': FunctionError }),
          ...(LogResult === undefined ? {} : { 'x-amz-log-result': LogResult }),
        },
        body: Payload,
      };
    },
  };
}
