/** An error of a state as workflows see it: a name that Retry and Catch go by, and a cause for people. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly error: string;
  override readonly cause: string;

  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
  }
}

/** The names that the States Language itself gives (Appendix A), as far as they occur with JSONata. */
export const errorNames = {
  all: 'States.ALL',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
  heartbeatTimeout: 'States.HeartbeatTimeout',
  noChoiceMatched: 'States.NoChoiceMatched',
  queryEvaluation: 'States.QueryEvaluationError',
  dataLimitExceeded: 'States.DataLimitExceeded',
  runtime: 'States.Runtime',
} as const;

/** What States.ALL does not match: the workflow itself is broken, and going on would hide it. */
const terminalNames: readonly string[] = [errorNames.dataLimitExceeded, errorNames.runtime];
const timeoutNames: readonly string[] = [errorNames.timeout, errorNames.heartbeatTimeout];

/** Whether a retrier's or catcher's ErrorEquals takes this error. */
export function matchesError(errorEquals: readonly string[], error: string): boolean {
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (name === errorNames.all) return !terminalNames.includes(error);
    // A missed heartbeat is a time-out of its own kind; States.TaskFailed takes all but time-outs.
    if (name === errorNames.timeout) return error === errorNames.heartbeatTimeout;
    if (name === errorNames.taskFailed) return !timeoutNames.includes(error) && !terminalNames.includes(error);
    return false;
  });
}

/** Anything thrown inside a state. What no task has thrown is the interpreter's own: States.Runtime. */
export function toStateFailure(error: unknown): StateFailure {
  if (error instanceof StateFailure) return error;
  return new StateFailure(errorNames.runtime, error instanceof Error ? error.message : String(error));
}
