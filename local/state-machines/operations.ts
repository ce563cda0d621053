import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { parseJson } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';
import { isExpressArn } from './arns.ts';
import { describeExecution, describeMachine, describeSync, summarize, toSeconds } from './descriptions.ts';
import type { ExecutionBook } from './execution-book.ts';
import { executionStatuses } from './execution.ts';
import type { ExpressExecutions } from './express-executions.ts';
import { History } from './history.ts';
import { longestDataBytes } from './interpreter/limits.ts';
import type { StateMachine } from './machines.ts';
import { pageOf, readToken, writeToken } from './paging.ts';
import { executionDoesNotExist } from './standard-executions.ts';
import type { StandardExecutions } from './standard-executions.ts';
import { operation } from './operation.ts';
import type { Operation } from './operation.ts';
import type { TaskTokens } from './task-tokens.ts';
import { tokenOperations } from './token-operations.ts';

export interface OperationContext {
  readonly machines: ReadonlyMap<string, StateMachine>;
  readonly book: ExecutionBook;
  readonly tokens: TaskTokens;
  readonly standard: StandardExecutions;
  readonly express: ExpressExecutions;
}

/** 1 to 80 characters, without white space, brackets, wildcards and control characters, as the API reference lists them. */
// eslint-disable-next-line no-control-regex -- control characters are what it is about.
const executionName = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]{1,80}$/u;

const startInput = z.looseObject({
  stateMachineArn: z.string(),
  name: z.string().optional(),
  input: z.string().default('{}'),
});
const machineInput = z.looseObject({ stateMachineArn: z.string() });
const executionInput = z.looseObject({ executionArn: z.string() });
const stopInput = executionInput.extend({
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});
const page = { maxResults: z.int().min(0).max(1000).default(0), nextToken: z.string().optional() };
const listInput = machineInput.extend({ statusFilter: z.enum(executionStatuses).optional(), ...page });
const historyInput = executionInput.extend({
  reverseOrder: z.boolean().default(false),
  includeExecutionData: z.boolean().default(true),
  ...page,
});

/** The operations of the API by name. */
export function createOperations(context: OperationContext): Readonly<Record<string, Operation>> {
  const onMachine = (action: string) => (input: { stateMachineArn: string }) => [
    { action, resource: input.stateMachineArn },
  ];
  const onExecution = (action: string) => (input: { executionArn: string }) => [
    { action, resource: input.executionArn },
  ];
  return {
    StartExecution: operation(startInput, onMachine('states:StartExecution'), (input) =>
      startExecution(context, input),
    ),
    StartSyncExecution: operation(startInput, onMachine('states:StartSyncExecution'), (input) =>
      startSyncExecution(context, input),
    ),
    DescribeExecution: operation(executionInput, onExecution('states:DescribeExecution'), (input) =>
      describeExecution(findExecution(context, input.executionArn)),
    ),
    DescribeStateMachine: operation(machineInput, onMachine('states:DescribeStateMachine'), (input) =>
      describeMachine(findMachine(context, input.stateMachineArn)),
    ),
    ListExecutions: operation(listInput, onMachine('states:ListExecutions'), (input) => listExecutions(context, input)),
    StopExecution: operation(stopInput, onExecution('states:StopExecution'), (input) => {
      const { executionArn } = findExecution(context, input.executionArn);
      return { stopDate: toSeconds(context.standard.stop(executionArn, input.error, input.cause)) };
    }),
    ...tokenOperations(context),
    GetExecutionHistory: operation(historyInput, onExecution('states:GetExecutionHistory'), (input) =>
      getHistory(context, input),
    ),
  };
}

type StartInput = z.infer<typeof startInput>;

function startExecution(context: OperationContext, input: StartInput): JsonObject {
  const machine = findMachine(context, input.stateMachineArn);
  const { name, value } = readStart(input);
  if (machine.type === 'STANDARD') {
    const { executionArn, startedAt } = context.standard.start(machine, name, input.input, value);
    return { executionArn, startDate: toSeconds(startedAt) };
  }
  const { executionArn, startedAt } = context.express.start(machine, name, value);
  return { executionArn, startDate: toSeconds(startedAt) };
}

async function startSyncExecution(context: OperationContext, input: StartInput): Promise<JsonObject> {
  const machine = findMachine(context, input.stateMachineArn);
  if (machine.type !== 'EXPRESS') {
    throw new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
  }
  const { name, value } = readStart(input);
  return describeSync(machine, name, input.input, await context.express.start(machine, name, value).result);
}

function readStart({ name = randomUUID(), input }: StartInput): { readonly name: string; readonly value: Json } {
  if (!executionName.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  if (Buffer.byteLength(input) > longestDataBytes) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${longestDataBytes}`,
    );
  }
  try {
    return { name, value: parseJson(input) };
  } catch {
    throw new AwsError('InvalidExecutionInput', "Invalid State Machine Execution Input: 'The input is no JSON'");
  }
}

function listExecutions(context: OperationContext, input: z.infer<typeof listInput>): JsonObject {
  const machine = findMachine(context, input.stateMachineArn);
  if (machine.type !== 'STANDARD') {
    throw new AwsError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
  }
  const limit = input.maxResults === 0 ? 100 : input.maxResults;
  const after = readToken(z.object({ startedAt: z.number(), executionArn: z.string() }), input.nextToken);
  const rows = context.book.list({ stateMachineArn: machine.arn, status: input.statusFilter, after, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    executions: shown.map(summarize),
    ...(rows.length > limit && last
      ? { nextToken: writeToken({ startedAt: last.startedAt, executionArn: last.executionArn }) }
      : {}),
  };
}

function getHistory(context: OperationContext, input: z.infer<typeof historyInput>): JsonObject {
  const { executionArn } = findExecution(context, input.executionArn);
  const history = new History(input.includeExecutionData);
  const events = context.standard.events(executionArn).flatMap((event) => history.next(event));
  const ordered = input.reverseOrder ? events.reverse() : events;
  const { shown, nextToken } = pageOf(ordered, input.maxResults === 0 ? 100 : input.maxResults, input.nextToken);
  return {
    events: shown.map(({ id, previousEventId, at, type, detailsName, details }) => ({
      ...{ id, previousEventId, timestamp: toSeconds(at), type },
      ...(detailsName === undefined ? {} : { [detailsName]: details }),
    })),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
}

function findMachine({ machines }: OperationContext, arn: string): StateMachine {
  const machine = machines.get(arn);
  if (machine) return machine;
  if (!/^arn:aws:states:[^:]+:[^:]+:stateMachine:/u.test(arn))
    throw new AwsError('InvalidArn', `Invalid Arn: '${arn}'`);
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

/** Standard executions alone are kept, by AWS too. */
function findExecution({ book }: OperationContext, executionArn: string) {
  if (isExpressArn(executionArn)) {
    throw new AwsError('InvalidArn', "Invalid Arn: 'Resource type not valid in this context: express'");
  }
  if (!/^arn:aws:states:[^:]+:[^:]+:execution:/u.test(executionArn))
    throw new AwsError('InvalidArn', `Invalid Arn: '${executionArn}'`);
  const row = book.find(executionArn);
  if (!row) throw executionDoesNotExist(executionArn);
  return row;
}
