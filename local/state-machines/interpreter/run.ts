import type { Json, JsonObject } from '../../kernel/service.ts';
import type { Frame, Variables } from './frame.ts';
import type { Interrupt } from './interrupt.ts';
import type { Block, State } from './machine.ts';
import type { Tokens } from './tokens.ts';

/** What a task is asked to do. */
export interface TaskCall {
  readonly resource: string;
  readonly arguments: Json;
}

/** What happens in a run, in order: for its history, its log and its list of states passed. */
export type RunEvent = { readonly at: number; readonly path: string; readonly state: string } & (
  | { readonly kind: 'entered'; readonly type: State['type']; readonly input: Json }
  | {
      readonly kind: 'exited';
      readonly type: State['type'];
      readonly output: Json;
      readonly assigned: Variables | undefined;
    }
  | {
      readonly kind: 'taskScheduled';
      readonly resource: string;
      readonly arguments: Json;
      readonly timeoutSeconds: number | undefined;
      readonly heartbeatSeconds: number | undefined;
    }
  | { readonly kind: 'taskSubmitted'; readonly resource: string; readonly output: Json }
  | { readonly kind: 'taskSucceeded'; readonly resource: string; readonly output: Json }
  | { readonly kind: 'taskFailed'; readonly resource: string; readonly error: string; readonly cause: string }
  | { readonly kind: 'forked'; readonly type: 'Parallel' | 'Map'; readonly length: number }
  | { readonly kind: 'joined'; readonly type: 'Parallel' | 'Map' }
  | { readonly kind: 'iterationStarted' | 'iterationSucceeded' | 'iterationFailed'; readonly index: number }
  /** The state met an error; `handling` says what became of it. */
  | {
      readonly kind: 'failed';
      readonly type: State['type'];
      readonly error: string;
      readonly cause: string;
      readonly handling: 'retried' | 'caught' | 'none';
    }
);

/** What a run needs from outside. The interpreter knows neither clock nor store nor services. */
export interface Ports {
  /** Milliseconds since the epoch. */
  now(): number;
  /** At least 0 and below 1. */
  random(): number;
  /** Calls back once when a pause that lasts until a time is over. Answers a cancel function. */
  at(at: number, callback: () => void): () => void;
  /** Calls back once after a time that nearly always is not used up: a time-out. Answers a cancel function. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Does a task; rejects with StateFailure, by the error's name. */
  callTask(call: TaskCall): Promise<Json>;
  observe(event: RunEvent): void;
  /** Says that so many more (or fewer) strands are at work rather than waiting for the clock. */
  working(change: number): void;
  /** Where a durable run writes itself down; an Express run has none. */
  readonly journal?: Journal;
  readonly tokens?: Tokens;
}

export interface Journal {
  /** Writes a strand's frame, and forgets the frames of its branches when these are over. */
  save(frame: Frame, branches: 'keep' | 'forget'): void;
  /** The frame that an earlier process wrote of a branch. */
  load(path: string): Frame | undefined;
}

/** The parts of `$states.context` that are the same for a whole run. */
export interface RunContext {
  readonly Execution: JsonObject;
  readonly StateMachine: JsonObject;
}

/** One thread of a run: the machine itself, a branch, or an iteration. */
export interface Strand {
  readonly ports: Ports;
  readonly context: RunContext;
  readonly path: string;
  readonly interrupt: Interrupt;
  /** The variables of the scopes around this one. */
  readonly outer: Variables;
  /** The item of the Map iteration that this strand belongs to. */
  readonly mapItem: JsonObject | undefined;
}

/** The frame of a strand that comes to a state. */
export function enter(strand: Strand, state: State, input: Json, variables: Variables): Frame {
  const at = strand.ports.now();
  strand.ports.observe({ kind: 'entered', at, path: strand.path, state: state.name, type: state.type, input });
  return {
    path: strand.path,
    state: state.name,
    input,
    variables,
    enteredAt: at,
    attempts: [],
    phase: { kind: 'entered' },
  };
}

/** Runs a block from a frame to its end and answers its output. Handed down to the states that hold blocks. */
export type RunBlock = (strand: Strand, block: Block, frame: Frame) => Promise<Json>;

/** A state by its name. Throws when a frame that was written down names a state that the machine does not have. */
export function stateOf(block: Block, name: string): State {
  const state = block.states.get(name);
  if (!state) throw new RangeError(`The machine has no state "${name}".`);
  return state;
}
