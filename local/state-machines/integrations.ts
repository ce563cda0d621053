import * as z from 'zod';
import { isJsonArray, isJsonObject, parseJson } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';
import { callService, translateError } from './call-service.ts';
import type { Integration, TaskContext } from './call-service.ts';
import { StateFailure, errorNames } from './interpreter/failure.ts';
import { sdkIntegration } from './sdk-integrations.ts';
import { toFunctionFailure, toLambdaFailure } from './task-errors.ts';
import type { ErrorNaming } from './task-errors.ts';

const dynamoDb = (operation: string) =>
  optimized('dynamodb', operation, { prefix: 'DynamoDB', generic: 'AmazonDynamoDBException' });

const integrations: ReadonlyMap<string, Integration> = new Map([
  ['lambda:invoke', invokeFunction],
  ['dynamodb:getItem', dynamoDb('GetItem')],
  ['dynamodb:putItem', dynamoDb('PutItem')],
  ['dynamodb:updateItem', dynamoDb('UpdateItem')],
  ['dynamodb:deleteItem', dynamoDb('DeleteItem')],
  ['events:putEvents', putEvents],
  ['sqs:sendMessage', sendMessage],
  ['states:startExecution', startExecution],
]);

/** What can hand a task token on: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html */
const canWait: ReadonlySet<string> = new Set(['lambda:invoke', 'events:putEvents', 'sqs:sendMessage']);

/** What a Task state's Resource stands for. Throws when it is none that the embedded cloud serves. */
export function findIntegration(resource: string): Integration {
  const [name = '', waits] = resource.startsWith('arn:aws:states:::')
    ? resource.slice('arn:aws:states:::'.length).split('.waitForTaskToken')
    : [];
  const integration = integrations.get(name) ?? sdkIntegration(name);
  if (integration && (waits === undefined || (waits === '' && canWait.has(name)))) return integration;
  throw new Error(`The embedded cloud serves no tasks with the Resource ${resource}.`);
}

/** Calls an integration with what the state's Arguments have come to. */
export function callIntegration(integration: Integration, taskArguments: Json, context: TaskContext): Promise<Json> {
  if (isJsonObject(taskArguments)) return integration(taskArguments, context);
  throw new StateFailure(errorNames.runtime, 'The arguments of a task must be an object.');
}

const functionAnswer = z.object({
  StatusCode: z.int(),
  ExecutedVersion: z.string().default('$LATEST'),
  FunctionError: z.string().optional(),
  Payload: z.string().default(''),
});

async function invokeFunction({ Payload, ...rest }: JsonObject, { dispatch }: TaskContext): Promise<Json> {
  const input = Payload === undefined ? rest : { ...rest, Payload: JSON.stringify(Payload) };
  const answer = functionAnswer.parse(await translateError(dispatch('lambda', 'Invoke', input), toLambdaFailure));
  if (answer.FunctionError !== undefined) throw toFunctionFailure(answer.Payload);
  return {
    ExecutedVersion: answer.ExecutedVersion,
    Payload: answer.Payload === '' ? null : parseJson(answer.Payload),
    StatusCode: answer.StatusCode,
  };
}

function optimized(service: string, operation: string, naming: ErrorNaming): Integration {
  return (taskArguments, { dispatch }) => callService(dispatch(service, operation, taskArguments), naming);
}

/** Details may be given as objects; the bus takes text. Each event names the execution that sent it. */
async function putEvents({ Entries, ...rest }: JsonObject, { dispatch, executionArn }: TaskContext): Promise<Json> {
  const entries = isJsonArray(Entries) ? Entries.map((entry) => toEntry(entry, executionArn)) : Entries;
  const input = entries === undefined ? rest : { ...rest, Entries: entries };
  const answer = await callService(dispatch('events', 'PutEvents', input), {
    prefix: 'EventBridge',
    generic: 'EventBridgeException',
  });
  if (Number(answer['FailedEntryCount'] ?? 0) > 0)
    throw new StateFailure('EventBridge.FailedEntry', JSON.stringify(answer));
  return answer;
}

function toEntry(entry: Json, executionArn: string): Json {
  if (!isJsonObject(entry)) return entry;
  const { Detail: detail = {}, Resources: resources = [] } = entry;
  return {
    ...entry,
    Detail: toText(detail),
    Resources: isJsonArray(resources) ? [...resources, executionArn] : resources,
  };
}

function sendMessage({ MessageBody, ...rest }: JsonObject, { dispatch }: TaskContext): Promise<Json> {
  const input = MessageBody === undefined ? rest : { ...rest, MessageBody: toText(MessageBody) };
  return callService(dispatch('sqs', 'SendMessage', input), { prefix: 'SQS', generic: 'AmazonSQSException' });
}

/** The API's members are camelCase, the task's are not; its input may be an object. */
async function startExecution({ StateMachineArn, Name, Input }: JsonObject, { dispatch }: TaskContext): Promise<Json> {
  const input = {
    ...(StateMachineArn === undefined ? {} : { stateMachineArn: StateMachineArn }),
    ...(Name === undefined ? {} : { name: Name }),
    ...(Input === undefined ? {} : { input: toText(Input) }),
  };
  const naming = { prefix: 'StepFunctions', generic: 'AWSStepFunctionsException' };
  const { executionArn = null, startDate = null } = await callService(
    dispatch('states', 'StartExecution', input),
    naming,
  );
  return { ExecutionArn: executionArn, StartDate: startDate };
}

function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
