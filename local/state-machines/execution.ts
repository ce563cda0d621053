import type { Json } from '../kernel/service.ts';
import type { RunEvent } from './interpreter/run.ts';

export const executionStatuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/** How a run ended. Standard runs end only so; `closed` is none, for the run goes on in the next process. */
export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | {
      readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
      readonly error: string | undefined;
      readonly cause: string | undefined;
    };

/** Everything that happens in an execution: what its states do, its start and its end. */
export type ExecutionEvent =
  | RunEvent
  | { readonly kind: 'started'; readonly at: number; readonly input: string; readonly roleArn: string }
  | { readonly kind: 'ended'; readonly at: number; readonly outcome: Outcome };

/** One state that a run has passed, or is in. */
export interface StatePass {
  readonly state: string;
  /** RFC 3339. */
  readonly enteredAt: string;
  readonly exitedAt?: string;
  /** The name of the last error that the state met. */
  readonly error?: string;
}

/** An execution as GET /_local/executions shows it: never with data. */
export interface ExecutionSummary {
  readonly executionArn: string;
  readonly stateMachine: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: string;
  readonly stoppedAt?: string;
  readonly error?: string;
}

export interface ExecutionDetails extends ExecutionSummary {
  readonly states: readonly StatePass[];
}
