import type { LogFiles } from '../functions/log-files.ts';
import { AwsError } from '../kernel/aws-error.ts';
import { parseJson } from '../kernel/json.ts';
import type { Json, ServiceOptions } from '../kernel/service.ts';
import { standardExecutionArn } from './arns.ts';
import type { ExecutionBook, ExecutionRow } from './execution-book.ts';
import { createRunLog } from './execution-log.ts';
import type { ExecutionEvent, Outcome } from './execution.ts';
import { StateFailure, errorNames } from './interpreter/failure.ts';
import type { Frame } from './interpreter/frame.ts';
import { Interrupted } from './interpreter/interrupt.ts';
import type { Machine } from './interpreter/machine.ts';
import type { Journal } from './interpreter/run.ts';
import { compileDefinition } from './machines.ts';
import type { StateMachine } from './machines.ts';
import type { Run, Runs } from './runs.ts';
import type { TaskTokens } from './task-tokens.ts';

/** A name is free again so long after its execution has ended. */
const keptMilliseconds = 90 * 24 * 60 * 60 * 1000;
/** A Standard execution may have so many events (Step Functions quotas). */
const mostEvents = 25_000;

type StandardOptions = Pick<ServiceOptions, 'clock' | 'log' | 'metering'>;

interface Standard {
  readonly row: ExecutionRow;
  readonly run: Run;
  /** What has happened since the last time it was written down. */
  readonly pending: ExecutionEvent[];
  readonly log: ((event: ExecutionEvent) => void) | undefined;
  written: number;
  /** The outcome that StopExecution has written. */
  ended: boolean;
}

/**
 * Standard executions: written down before each state is entered, so that a kill at any moment loses nothing. After it
 * each goes on in the state in which it was; what that state did may therefore be done twice, as with AWS a task may be.
 */
export class StandardExecutions {
  readonly #options: StandardOptions;
  readonly #book: ExecutionBook;
  readonly #tokens: TaskTokens;
  readonly #runs: Runs;
  readonly #logFiles: LogFiles;
  readonly #running = new Map<string, Standard>();
  readonly #oldMachines = new Map<string, Machine>();

  constructor(options: StandardOptions, book: ExecutionBook, tokens: TaskTokens, runs: Runs, logFiles: LogFiles) {
    this.#options = options;
    this.#book = book;
    this.#tokens = tokens;
    this.#runs = runs;
    this.#logFiles = logFiles;
    book.forgetEndedBefore(options.clock.now() - keptMilliseconds);
    tokens.forgetOrphans();
  }

  /**
   * Starts an execution, which is written down before this answers. The same name with the same input answers the
   * execution that is running. Throws ExecutionAlreadyExists for any other use of a name within 90 days.
   */
  start(machine: StateMachine, name: string, inputText: string, input: Json): ExecutionRow {
    const executionArn = standardExecutionArn(machine.arn, name);
    const now = this.#options.clock.now();
    let known = this.#book.find(executionArn);
    if (known && known.stoppedAt !== null && known.stoppedAt < now - keptMilliseconds) {
      this.#book.forgetEndedBefore(now - keptMilliseconds);
      known = undefined;
    }
    if (known?.status === 'RUNNING' && known.input === inputText) return known;
    if (known) throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    const row: ExecutionRow = {
      ...{
        executionArn,
        stateMachineArn: machine.arn,
        name,
        roleArn: machine.roleArn,
        definitionHash: machine.definitionHash,
      },
      ...{
        status: 'RUNNING',
        input: inputText,
        startedAt: now,
        stoppedAt: null,
        output: null,
        error: null,
        cause: null,
      },
    };
    const standard = this.#create(row, machine, machine.machine, input, new SavedFrames(new Map()), []);
    this.#observe(standard, { kind: 'started', at: now, input: inputText, roleArn: machine.roleArn });
    const first = this.#writeFirst(standard, machine.definition);
    void this.#follow(standard, first);
    return row;
  }

  /** Takes up what an earlier process has left running. Call once, when tasks can be carried out. */
  resume(machines: ReadonlyMap<string, StateMachine>): void {
    for (const row of this.#book.running()) {
      if (this.#running.has(row.executionArn)) continue;
      const machine = machines.get(row.stateMachineArn);
      try {
        if (!machine) throw new Error('the template has its state machine no longer');
        this.#resumeOne(row, machine);
      } catch (error) {
        // One run that cannot go on keeps neither the others nor the cloud from starting.
        const reason = error instanceof Error ? error.message : String(error);
        this.#options.log(`states: ${row.executionArn} waits, for it cannot go on: ${reason}`);
      }
    }
  }

  /** Ends a running execution at once; of one that has ended nothing changes. Answers when it ended. */
  stop(executionArn: string, error: string | undefined, cause: string | undefined): number {
    const row = this.#book.find(executionArn);
    if (!row) throw executionDoesNotExist(executionArn);
    if (row.stoppedAt !== null) return row.stoppedAt;
    const outcome: Outcome = { status: 'ABORTED', error, cause };
    const standard = this.#running.get(executionArn);
    if (standard) return this.#end(standard, outcome);
    const stoppedAt = this.#options.clock.now();
    const events = this.#book.events(executionArn);
    this.#book.finish(executionArn, outcome, stoppedAt, events.length, [{ kind: 'ended', at: stoppedAt, outcome }]);
    return stoppedAt;
  }

  /** All events of an execution, those that are not written down yet among them. */
  events(executionArn: string): readonly ExecutionEvent[] {
    return [...this.#book.events(executionArn), ...(this.#running.get(executionArn)?.pending ?? [])];
  }

  #writeFirst(standard: Standard, definition: string): Frame {
    try {
      const first = standard.run.begin();
      this.#book.insert(standard.row, definition, first, standard.pending);
      this.#settle(standard);
      return first;
    } catch (error) {
      // Not written down is not started: the caller hears of it and may start it again.
      this.#running.delete(standard.row.executionArn);
      throw error;
    }
  }

  #resumeOne(row: ExecutionRow, machine: StateMachine): void {
    const frames = this.#book.frames(row.executionArn);
    const root = frames.get('');
    if (!root) throw new Error(`The running execution ${row.executionArn} has no frame.`);
    const events = this.#book.events(row.executionArn);
    const standard = this.#create(
      row,
      machine,
      this.#machineOf(row, machine),
      parseJson(row.input),
      new SavedFrames(frames),
      events,
    );
    void this.#follow(standard, root);
  }

  /** A run keeps the definition with which it was started, whatever the template says now. */
  #machineOf(row: ExecutionRow, { definitionHash, machine }: StateMachine): Machine {
    if (row.definitionHash === definitionHash) return machine;
    const known = this.#oldMachines.get(row.definitionHash);
    if (known) return known;
    const definition = this.#book.definition(row.definitionHash);
    if (definition === undefined) throw new Error(`The definition of ${row.executionArn} is lost.`);
    const compiled = compileDefinition(definition, this.#options.clock);
    this.#oldMachines.set(row.definitionHash, compiled);
    return compiled;
  }

  #create(
    row: ExecutionRow,
    stateMachine: StateMachine,
    machine: Machine,
    input: Json,
    frames: SavedFrames,
    events: readonly ExecutionEvent[],
  ): Standard {
    const { executionArn, name, startedAt, roleArn } = row;
    const journal: Journal = {
      save: (frame, branches) => {
        if (branches === 'forget') frames.forgetBranches(frame.path);
        this.#save(standard, frame, branches);
      },
      load: (path) => frames.take(path),
    };
    const run = this.#runs.create({
      ...{ executionArn, name, input, startedAt, machine, journal },
      tokens: this.#tokens.of(row),
      stateMachine: { arn: stateMachine.arn, name: stateMachine.name, roleArn },
      deadline: machine.timeoutSeconds === undefined ? undefined : startedAt + machine.timeoutSeconds * 1000,
      observe: (event) => {
        this.#observe(standard, event);
      },
    });
    const log = createRunLog(this.#logFiles, stateMachine, executionArn, events);
    const standard: Standard = { row, run, pending: [], log, written: events.length, ended: false };
    this.#running.set(executionArn, standard);
    return standard;
  }

  async #follow(standard: Standard, from: Frame): Promise<void> {
    const outcome = await standard.run.finish(from);
    if (!outcome || standard.ended) return;
    try {
      this.#end(standard, outcome);
    } catch (error) {
      this.#reportUnwritten(standard, error);
    }
  }

  #observe(standard: Standard, event: ExecutionEvent): void {
    if (standard.ended) return;
    if (isTransition(event)) this.#options.metering?.transition(standard.row.stateMachineArn);
    standard.pending.push(event);
    standard.log?.(event);
  }

  #save(standard: Standard, frame: Frame, branches: 'keep' | 'forget'): void {
    if (standard.ended) return;
    if (standard.written + standard.pending.length > mostEvents) {
      throw new StateFailure(
        errorNames.runtime,
        `The execution reached the maximum number of history events (${mostEvents}).`,
      );
    }
    try {
      this.#book.save(standard.row.executionArn, frame, branches, standard.written, standard.pending);
    } catch (error) {
      // Going on unwritten would make what follows be done again; a failed run would be a lie. The next start resumes it.
      this.#reportUnwritten(standard, error);
      throw new Interrupted('closed');
    }
    this.#settle(standard);
  }

  #reportUnwritten({ row }: Standard, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log(
      `states: ${row.executionArn} stops until the next start, for it cannot be written down: ${reason}`,
    );
  }

  #settle(standard: Standard): void {
    standard.written += standard.pending.length;
    standard.pending.length = 0;
  }

  #end(standard: Standard, outcome: Outcome): number {
    const stoppedAt = this.#options.clock.now();
    this.#observe(standard, { kind: 'ended', at: stoppedAt, outcome });
    const { executionArn } = standard.row;
    this.#book.finish(executionArn, outcome, stoppedAt, standard.written, standard.pending);
    this.#settle(standard);
    standard.ended = true;
    this.#running.delete(executionArn);
    standard.run.stop('aborted');
    return stoppedAt;
  }
}

/**
 * Each step is charged, a retry as another one, and so is the way to the end:
 * https://aws.amazon.com/step-functions/pricing/
 */
function isTransition(event: ExecutionEvent): boolean {
  return (
    event.kind === 'entered' || event.kind === 'ended' || (event.kind === 'failed' && event.handling === 'retried')
  );
}

/** What an earlier process wrote of a run's branches; each frame is taken up once, and never after its state is over. */
class SavedFrames {
  readonly #frames: Map<string, Frame>;

  constructor(frames: ReadonlyMap<string, Frame>) {
    this.#frames = new Map(frames);
  }

  take(path: string): Frame | undefined {
    const frame = this.#frames.get(path);
    this.#frames.delete(path);
    return frame;
  }

  forgetBranches(path: string): void {
    for (const saved of this.#frames.keys()) {
      if (saved.startsWith(`${path}/`)) this.#frames.delete(saved);
    }
  }
}

export function executionDoesNotExist(executionArn: string): AwsError {
  return new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
}
