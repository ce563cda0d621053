import type { Json } from '../../kernel/service.ts';
import { StateFailure, errorNames, toStateFailure } from './failure.ts';
import type { Frame } from './frame.ts';
import { Interrupted, orInterrupted } from './interrupt.ts';
import { requireWithinLimit } from './limits.ts';
import type { TaskState } from './machine.ts';
import type { Strand, TaskCall } from './run.ts';
import { evaluateCount } from './scope.ts';
import { evaluateTemplate } from './template.ts';
import type { Scope } from './template.ts';

/**
 * Calls the task's resource with its arguments (the state's input where there are none) and answers the result.
 * Throws StateFailure by the name of the task's error, or States.Timeout when the time is over: the call itself is not
 * ended by that, only its answer no longer counts.
 */
export async function doTask(strand: Strand, state: TaskState, frame: Frame, scope: Scope): Promise<Json> {
  const taskArguments = state.arguments ? await evaluateTemplate(state.arguments, scope) : frame.input;
  requireWithinLimit(taskArguments, 'The arguments of the task');
  const timeoutSeconds =
    state.timeoutSeconds && (await evaluateCount(state.timeoutSeconds, scope, 'TimeoutSeconds', 1));
  strand.interrupt.throwIfStopped();
  const { ports, path } = strand;
  const origin = { path, state: state.name, resource: state.resource };
  ports.observe({ kind: 'taskScheduled', at: ports.now(), ...origin, arguments: taskArguments, timeoutSeconds });
  try {
    const call = { resource: state.resource, arguments: taskArguments };
    const output = await callInTime(strand, call, timeoutSeconds);
    requireWithinLimit(output, 'The result of the task');
    ports.observe({ kind: 'taskSucceeded', at: ports.now(), ...origin, output });
    return output;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const failure = toStateFailure(error);
    ports.observe({ kind: 'taskFailed', at: ports.now(), ...origin, error: failure.error, cause: failure.cause });
    throw failure;
  }
}

function callInTime({ ports, interrupt }: Strand, call: TaskCall, timeoutSeconds: number | undefined): Promise<Json> {
  return orInterrupted<Json>(interrupt, (resolve, reject) => {
    ports.callTask(call).then(resolve, reject);
    if (timeoutSeconds === undefined) return () => undefined;
    return ports.after(timeoutSeconds * 1000, () => {
      reject(new StateFailure(errorNames.timeout, `The task has not answered within ${timeoutSeconds} seconds.`));
    });
  });
}
