import { join } from 'node:path';
import { LogFiles } from '../functions/log-files.ts';
import { AwsError } from '../kernel/aws-error.ts';
import type { AwsService, ServiceOptions } from '../kernel/service.ts';
import { ExecutionBook } from './execution-book.ts';
import type { ExecutionRow } from './execution-book.ts';
import type { ExecutionDetails, ExecutionStatus, ExecutionSummary } from './execution.ts';
import { ExpressExecutions } from './express-executions.ts';
import { readStateMachines } from './machines.ts';
import { createOperations } from './operations.ts';
import { Runs } from './runs.ts';
import { StandardExecutions } from './standard-executions.ts';
import { StatePasses } from './state-passes.ts';
import { TaskTokens } from './task-tokens.ts';

export interface ExecutionFilter {
  /** The machine's name or ARN. */
  readonly stateMachine?: string;
  readonly status?: ExecutionStatus;
}

export interface StateMachineService extends AwsService {
  /** Takes up the Standard executions that an earlier process has left running. Call once, when all services are there. */
  start(): void;
  /** Executions without their data, the newest first: the Standard ones, and the last 1,000 Express ones. */
  executions(filter?: ExecutionFilter): readonly ExecutionSummary[];
  /** One of them, with the states that it has passed. */
  execution(executionArn: string): ExecutionDetails | undefined;
}

/** How many Standard executions `executions` answers at most. */
const mostListed = 1000;

/**
 * AWS Step Functions: runs the template's state machines. Throws an Error naming machine, state and field for a
 * definition that is not valid, or that asks for what is not served.
 */
export function createStateMachineService(options: ServiceOptions): StateMachineService {
  const book = new ExecutionBook(options.store);
  const machines = readStateMachines(options.resources, options.clock, book);
  const runs = new Runs(options);
  const logFiles = new LogFiles(join(options.dataDir, 'logs'), options.log, options.metering?.logged);
  const tokens = new TaskTokens(options.store, options.clock);
  const standard = new StandardExecutions(options, book, tokens, runs, logFiles);
  const express = new ExpressExecutions(options, runs, logFiles);
  const operations = new Map(Object.entries(createOperations({ machines, book, tokens, standard, express })));
  return {
    name: 'states',
    targets: ['AWSStepFunctions'],
    access: (call) => operations.get(call.operation)?.access(call.input) ?? [],
    handle: async (call) => {
      const operation = operations.get(call.operation);
      if (operation) return operation.handle(call.input);
      throw new AwsError('UnknownOperationException', `The embedded cloud does not serve states:${call.operation}.`);
    },
    start: () => {
      standard.resume(machines);
    },
    executions: (filter = {}) => listAll(book, express, machineNames(machines), filter),
    execution: (executionArn) => {
      const row = book.find(executionArn);
      if (!row) return express.details(executionArn);
      const passes = new StatePasses();
      for (const event of standard.events(executionArn)) passes.observe(event);
      return { ...toSummary(row, machineNames(machines)), states: passes.list() };
    },
    busy: () => runs.busy(),
    close: async () => {
      runs.close();
      await logFiles.flush();
    },
  };
}

type Names = ReadonlyMap<string, string>;

function machineNames(machines: ReadonlyMap<string, { readonly name: string }>): Names {
  return new Map([...machines].map(([arn, { name }]) => [arn, name]));
}

function listAll(
  book: ExecutionBook,
  express: ExpressExecutions,
  names: Names,
  { stateMachine, status }: ExecutionFilter,
) {
  const arn = [...names].find(([known, name]) => known === stateMachine || name === stateMachine)?.[0] ?? stateMachine;
  const rows = book.list({ stateMachineArn: arn, status, limit: mostListed }).map((row) => toSummary(row, names));
  const name = arn === undefined ? undefined : (names.get(arn) ?? arn);
  const inMemory = express
    .summaries()
    .filter(
      (summary) =>
        (name === undefined || summary.stateMachine === name) && (status === undefined || summary.status === status),
    );
  return [...rows, ...inMemory].sort((left, right) =>
    left.startedAt < right.startedAt ? 1 : left.startedAt > right.startedAt ? -1 : 0,
  );
}

function toSummary(row: ExecutionRow, names: Names): ExecutionSummary {
  const { executionArn, stateMachineArn, name, status, startedAt, stoppedAt, error } = row;
  return {
    executionArn,
    stateMachine: names.get(stateMachineArn) ?? stateMachineArn,
    type: 'STANDARD',
    name,
    status,
    startedAt: new Date(startedAt).toISOString(),
    ...(stoppedAt === null ? {} : { stoppedAt: new Date(stoppedAt).toISOString() }),
    ...(error === null ? {} : { error }),
  };
}
