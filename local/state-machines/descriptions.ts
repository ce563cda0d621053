import { AwsError } from '../kernel/aws-error.ts';
import type { JsonObject } from '../kernel/service.ts';
import type { ExecutionRow } from './execution-book.ts';
import type { ExpressResult } from './express-executions.ts';
import type { StateMachine } from './machines.ts';

/** AWS's JSON protocols write times as seconds since the epoch. */
export function toSeconds(milliseconds: number): number {
  return milliseconds / 1000;
}

const billedUnitMilliseconds = 100;
const billedMemoryUnitMegabytes = 64;
const included = { included: true };

export function describeExecution(row: ExecutionRow): JsonObject {
  return {
    ...summarize(row),
    input: row.input,
    inputDetails: included,
    ...(row.output === null ? {} : { output: row.output, outputDetails: included }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.cause === null ? {} : { cause: row.cause }),
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'The embedded cloud does not redrive executions.',
  };
}

export function summarize({
  executionArn,
  stateMachineArn,
  name,
  status,
  startedAt,
  stoppedAt,
}: ExecutionRow): JsonObject {
  return {
    ...{ executionArn, stateMachineArn, name, status, startDate: toSeconds(startedAt), redriveCount: 0 },
    ...(stoppedAt === null ? {} : { stopDate: toSeconds(stoppedAt) }),
  };
}

export function describeMachine(machine: StateMachine): JsonObject {
  const { arn, name, type, roleArn, definition, logLevel, includeExecutionData } = machine;
  return {
    stateMachineArn: arn,
    name,
    status: 'ACTIVE',
    definition,
    roleArn,
    type,
    creationDate: toSeconds(machine.readAt),
    loggingConfiguration: { level: logLevel, includeExecutionData, destinations: [] },
    tracingConfiguration: { enabled: false },
  };
}

/** The answer of StartSyncExecution; the time is billed in units of 100 ms. */
export function describeSync(machine: StateMachine, name: string, input: string, result: ExpressResult): JsonObject {
  const { executionArn, startedAt, stoppedAt, outcome } = result;
  if (!outcome) throw new AwsError('ServiceUnavailable', 'The embedded cloud stopped before the execution ended.', 503);
  const billed = Math.ceil((stoppedAt - startedAt) / billedUnitMilliseconds) * billedUnitMilliseconds;
  return {
    executionArn,
    stateMachineArn: machine.arn,
    name,
    startDate: toSeconds(startedAt),
    stopDate: toSeconds(stoppedAt),
    status: outcome.status,
    input,
    inputDetails: included,
    ...(outcome.status === 'SUCCEEDED' ? { output: JSON.stringify(outcome.output), outputDetails: included } : {}),
    ...(outcome.status !== 'SUCCEEDED' && outcome.error !== undefined ? { error: outcome.error } : {}),
    ...(outcome.status !== 'SUCCEEDED' && outcome.cause !== undefined ? { cause: outcome.cause } : {}),
    billingDetails: {
      billedDurationInMilliseconds: Math.max(billed, billedUnitMilliseconds),
      billedMemoryUsedInMB: billedMemoryUnitMegabytes,
    },
  };
}
