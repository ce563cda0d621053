import type { Template } from './template.ts';

/** A state machine, or a branch of one, ready to run: every expression is compiled. */
export interface Block {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export interface Machine extends Block {
  readonly timeoutSeconds: number | undefined;
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  /** Infinity where none is set. */
  readonly maxDelaySeconds: number;
  readonly fullJitter: boolean;
}

/** Where a run goes on, and with what. */
export interface Exit {
  /** The next state; undefined ends the block. */
  readonly next: string | undefined;
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

export interface Catcher extends Exit {
  readonly errorEquals: readonly string[];
}

/** Retry and Catch of the states that do work. */
export interface Handlers {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

export interface PassState extends Exit {
  readonly type: 'Pass';
  readonly name: string;
}

export interface SucceedState {
  readonly type: 'Succeed';
  readonly name: string;
  readonly output: Template | undefined;
}

export interface FailState {
  readonly type: 'Fail';
  readonly name: string;
  readonly error: Template | undefined;
  readonly cause: Template | undefined;
}

export interface ChoiceRule extends Exit {
  readonly condition: Template;
}

export interface ChoiceState {
  readonly type: 'Choice';
  readonly name: string;
  readonly rules: readonly ChoiceRule[];
  /** Taken when no rule holds. */
  readonly otherwise: Exit | undefined;
}

export interface WaitState extends Exit {
  readonly type: 'Wait';
  readonly name: string;
  readonly until: { readonly kind: 'seconds' | 'timestamp'; readonly template: Template };
}

export interface TaskState extends Exit, Handlers {
  readonly type: 'Task';
  readonly name: string;
  readonly resource: string;
  /** Whether its result is what somebody outside answers under the task's token. */
  readonly waitsForToken: boolean;
  readonly arguments: Template | undefined;
  readonly timeoutSeconds: Template | undefined;
  readonly heartbeatSeconds: Template | undefined;
}

export interface ParallelState extends Exit, Handlers {
  readonly type: 'Parallel';
  readonly name: string;
  readonly arguments: Template | undefined;
  readonly branches: readonly Block[];
}

export interface MapState extends Exit, Handlers {
  readonly type: 'Map';
  readonly name: string;
  readonly items: Template | undefined;
  readonly itemSelector: Template | undefined;
  readonly maxConcurrency: Template | undefined;
  readonly processor: Block;
}

/** States that do work, so that their errors can be retried and caught. */
export type WorkState = TaskState | ParallelState | MapState;

export type State = PassState | SucceedState | FailState | ChoiceState | WaitState | WorkState;
