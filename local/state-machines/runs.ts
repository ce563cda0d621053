import { atEitherTime } from '../kernel/either-time.ts';
import type { MeasuredCaller } from '../kernel/metering.ts';
import type { Json, JsonObject, ServiceOptions } from '../kernel/service.ts';
import { Deadlines } from './deadlines.ts';
import type { ExecutionEvent, Outcome } from './execution.ts';
import { callIntegration, findIntegration } from './integrations.ts';
import { toStateFailure } from './interpreter/failure.ts';
import type { Frame } from './interpreter/frame.ts';
import { Interrupt, Interrupted } from './interpreter/interrupt.ts';
import type { Machine } from './interpreter/machine.ts';
import { runBlock } from './interpreter/run-block.ts';
import { enter, stateOf } from './interpreter/run.ts';
import type { Tokens } from './interpreter/tokens.ts';
import type { Journal, Ports, RunContext, Strand, TaskCall } from './interpreter/run.ts';

/** One execution, as the interpreter runs it. */
export interface RunRequest {
  readonly executionArn: string;
  readonly name: string;
  readonly stateMachine: { readonly arn: string; readonly name: string; readonly roleArn: string };
  readonly machine: Machine;
  readonly input: Json;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** When the run is out of time, where it has a limit. */
  readonly deadline: number | undefined;
  readonly observe: (event: ExecutionEvent) => void;
  readonly journal?: Journal;
  readonly tokens?: Tokens;
  /** Makes each call of a task, for the meter. */
  readonly callFor?: MeasuredCaller['callFor'];
}

export interface Run {
  /** Enters the first state. */
  begin(): Frame;
  /** Runs from a frame to the end. Never rejects; undefined when the process ended first and the run is not over. */
  finish(from: Frame): Promise<Outcome | undefined>;
  stop(reason: 'aborted'): void;
}

type RunsOptions = Pick<ServiceOptions, 'clock' | 'dispatch'>;

/** All runs of this process. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #deadlines: Deadlines;
  readonly #interrupts = new Set<Interrupt>();
  /** Strands at work rather than waiting for the clock. */
  #working = 0;
  #closed = false;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock);
  }

  busy(): boolean {
    return this.#working > 0;
  }

  create(request: RunRequest): Run {
    const interrupt = new Interrupt();
    const strand: Strand = {
      ports: this.#ports(request),
      context: contextOf(request),
      path: '',
      interrupt,
      outer: {},
      mapItem: undefined,
    };
    return {
      begin: () => enter(strand, stateOf(request.machine, request.machine.startAt), request.input, {}),
      finish: (from) => this.#finish(strand, request, from),
      stop: (reason) => {
        interrupt.stop(new Interrupted(reason));
      },
    };
  }

  /** Stops all runs where they are. Durable ones go on from there in the next process. */
  close(): void {
    this.#closed = true;
    for (const interrupt of this.#interrupts) interrupt.stop(new Interrupted('closed'));
  }

  async #finish(strand: Strand, request: RunRequest, from: Frame): Promise<Outcome | undefined> {
    const { interrupt } = strand;
    if (this.#closed) return undefined;
    this.#interrupts.add(interrupt);
    this.#working += 1;
    const cancel = this.#limit(interrupt, request.deadline);
    try {
      return { status: 'SUCCEEDED', output: await runBlock(strand, request.machine, from) };
    } catch (error) {
      return toOutcome(error);
    } finally {
      cancel();
      this.#working -= 1;
      this.#interrupts.delete(interrupt);
    }
  }

  #limit(interrupt: Interrupt, deadline: number | undefined): () => void {
    if (deadline === undefined) return () => undefined;
    const left = Math.max(0, deadline - this.#options.clock.now());
    return this.#deadlines.after(left, () => {
      interrupt.stop(new Interrupted('timeout'));
    });
  }

  #ports({ executionArn, stateMachine: { roleArn }, observe, journal, tokens, callFor }: RunRequest): Ports {
    const { clock, dispatch } = this.#options;
    const context = {
      executionArn,
      dispatch: async (service: string, operation: string, input: JsonObject) => {
        const call = () => dispatch(service, { operation, input, caller: { kind: 'role' as const, roleArn } });
        return callFor ? callFor(operation, call) : call();
      },
    };
    return {
      now: () => clock.now(),
      random: () => Math.random(),
      // Whoever waits for an Express run keeps the cloud busy, and for them the clock is held still: by the clock alone
      // its pause would never end. Nobody waits for a Standard run.
      at: (at, callback) => (journal ? clock.at(at, callback) : atEitherTime(clock, at, callback)),
      after: (milliseconds, callback) => this.#deadlines.after(milliseconds, callback),
      callTask: async (call: TaskCall) => callIntegration(findIntegration(call.resource), call.arguments, context),
      observe,
      working: (change) => {
        this.#working += change;
      },
      ...(journal ? { journal } : {}),
      ...(tokens ? { tokens } : {}),
    };
  }
}

function contextOf({ executionArn, name, stateMachine, input, startedAt }: RunRequest): RunContext {
  return {
    Execution: {
      Id: executionArn,
      Input: input,
      Name: name,
      RoleArn: stateMachine.roleArn,
      StartTime: new Date(startedAt).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: stateMachine.arn, Name: stateMachine.name },
  };
}

function toOutcome(error: unknown): Outcome | undefined {
  if (!(error instanceof Interrupted)) {
    const failure = toStateFailure(error);
    return { status: 'FAILED', error: failure.error, cause: failure.cause };
  }
  switch (error.reason) {
    case 'timeout':
      return { status: 'TIMED_OUT', error: 'States.Timeout', cause: 'The execution has used up its time.' };
    case 'aborted':
      return { status: 'ABORTED', error: undefined, cause: undefined };
    case 'closed':
      return undefined;
    case 'branch':
      throw error;
  }
}
