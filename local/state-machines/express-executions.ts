import { randomUUID } from 'node:crypto';
import type { LogFiles } from '../functions/log-files.ts';
import type { MeasuredExecution } from '../kernel/metering.ts';
import type { Json, ServiceOptions } from '../kernel/service.ts';
import { expressExecutionArn } from './arns.ts';
import { createRunLog } from './execution-log.ts';
import type { ExecutionDetails, ExecutionEvent, ExecutionSummary, Outcome } from './execution.ts';
import type { StateMachine } from './machines.ts';
import type { Runs } from './runs.ts';
import { StatePasses } from './state-passes.ts';

/** How many ended Express executions are remembered, without their data. AWS itself keeps none. */
const mostRemembered = 1000;
/** The longest that an Express execution may run, whatever its definition says. */
const longestSeconds = 300;

interface Express {
  readonly machine: StateMachine;
  readonly executionArn: string;
  readonly name: string;
  readonly startedAt: number;
  readonly passes: StatePasses;
  stoppedAt: number | undefined;
  status: ExecutionSummary['status'];
  error: string | undefined;
}

export interface ExpressResult {
  readonly executionArn: string;
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** Undefined when the process ended before the run did. */
  readonly outcome: Outcome | undefined;
}

/** Express executions: in memory, gone with the process. */
export class ExpressExecutions {
  readonly #clock: ServiceOptions['clock'];
  readonly #metering: ServiceOptions['metering'];
  readonly #runs: Runs;
  readonly #logFiles: LogFiles;
  /** By ARN, the oldest first. */
  readonly #executions = new Map<string, Express>();

  constructor({ clock, metering }: Pick<ServiceOptions, 'clock' | 'metering'>, runs: Runs, logFiles: LogFiles) {
    this.#clock = clock;
    this.#metering = metering;
    this.#runs = runs;
    this.#logFiles = logFiles;
  }

  /** Starts a run. Its result is there when it has ended; names need not be unique. */
  start(
    machine: StateMachine,
    name: string,
    input: Json,
  ): { readonly executionArn: string; readonly startedAt: number; readonly result: Promise<ExpressResult> } {
    const startedAt = this.#clock.now();
    const executionArn = expressExecutionArn(machine.arn, name, randomUUID());
    const passes = new StatePasses();
    const execution: Express = {
      ...{ machine, executionArn, name, startedAt, passes },
      ...{ stoppedAt: undefined, status: 'RUNNING', error: undefined },
    };
    this.#executions.set(executionArn, execution);
    return { executionArn, startedAt, result: this.#run(execution, input) };
  }

  summaries(): readonly ExecutionSummary[] {
    return [...this.#executions.values()].reverse().map(toSummary);
  }

  details(executionArn: string): ExecutionDetails | undefined {
    const execution = this.#executions.get(executionArn);
    return execution && { ...toSummary(execution), states: execution.passes.list() };
  }

  async #run(execution: Express, input: Json): Promise<ExpressResult> {
    const { machine, executionArn, name, startedAt, passes } = execution;
    const log = createRunLog(this.#logFiles, machine, executionArn);
    const measured = this.#metering?.express(machine, JSON.stringify(input));
    const observe = (event: ExecutionEvent) => {
      passes.observe(event);
      log?.(event);
      measureBranches(event, measured);
    };
    const seconds = Math.min(machine.machine.timeoutSeconds ?? longestSeconds, longestSeconds);
    const run = this.#runs.create({
      ...{ executionArn, name, input, startedAt, observe },
      stateMachine: machine,
      machine: machine.machine,
      deadline: startedAt + seconds * 1000,
      ...(measured ? { callFor: measured.callFor } : {}),
    });
    log?.({ kind: 'started', at: startedAt, input: JSON.stringify(input), roleArn: machine.roleArn });
    const outcome = await run.finish(run.begin());
    const stoppedAt = this.#clock.now();
    measured?.end({ failed: outcome?.status !== 'SUCCEEDED' });
    if (outcome) log?.({ kind: 'ended', at: stoppedAt, outcome });
    this.#end(execution, outcome, stoppedAt);
    return { executionArn, startedAt, stoppedAt, outcome };
  }

  #end(execution: Express, outcome: Outcome | undefined, stoppedAt: number): void {
    execution.stoppedAt = stoppedAt;
    execution.status = outcome?.status ?? 'ABORTED';
    execution.error = outcome && outcome.status !== 'SUCCEEDED' ? outcome.error : undefined;
    if (this.#executions.size <= mostRemembered) return;
    for (const [executionArn, { status }] of this.#executions) {
      if (this.#executions.size <= mostRemembered) return;
      if (status !== 'RUNNING') this.#executions.delete(executionArn);
    }
  }
}

function measureBranches(event: ExecutionEvent, measured: MeasuredExecution | undefined): void {
  if (event.kind === 'forked') measured?.forked(event.length);
}

function toSummary({ machine, executionArn, name, startedAt, stoppedAt, status, error }: Express): ExecutionSummary {
  return {
    executionArn,
    stateMachine: machine.name,
    type: 'EXPRESS',
    name,
    status,
    startedAt: new Date(startedAt).toISOString(),
    ...(stoppedAt === undefined ? {} : { stoppedAt: new Date(stoppedAt).toISOString() }),
    ...(error === undefined ? {} : { error }),
  };
}
