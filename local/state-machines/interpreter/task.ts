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
import { answerTo } from './answer-to.ts';

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
  const heartbeatSeconds =
    state.heartbeatSeconds && (await evaluateCount(state.heartbeatSeconds, scope, 'HeartbeatSeconds', 1));
  strand.interrupt.throwIfStopped();
  const { ports, path } = strand;
  const origin = { path, state: state.name, resource: state.resource };
  const isCalled = frame.phase.kind === 'awaiting' && frame.phase.called;
  if (!isCalled) {
    const limits = { timeoutSeconds, heartbeatSeconds };
    ports.observe({ kind: 'taskScheduled', at: ports.now(), ...origin, arguments: taskArguments, ...limits });
  }
  try {
    const call = { resource: state.resource, arguments: taskArguments };
    const output = await resultOf(strand, frame, call, state.name, { timeoutSeconds, heartbeatSeconds });
    requireWithinLimit(output, 'The result of the task');
    ports.observe({ kind: 'taskSucceeded', at: ports.now(), ...origin, output });
    return output;
  } catch (error) {
    // Whoever answers now is told that nobody waits; after a mere restart the run does again.
    const goesOn = error instanceof Interrupted && error.reason === 'closed';
    if (frame.phase.kind === 'awaiting' && !goesOn) ports.tokens?.close(frame.phase.token);
    if (error instanceof Interrupted) throw error;
    const failure = toStateFailure(error);
    ports.observe({ kind: 'taskFailed', at: ports.now(), ...origin, error: failure.error, cause: failure.cause });
    throw failure;
  }
}

interface TaskLimits {
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
}

/** The frame of a task with a token, written down before the task is called with it. */
export function withToken(strand: Strand, frame: Frame): Frame {
  if (frame.phase.kind === 'awaiting') return frame;
  const { ports } = strand;
  const { tokens } = ports;
  if (!tokens) throw new StateFailure(errorNames.runtime, 'Express workflows do not wait for task tokens.');
  const phase = { kind: 'awaiting' as const, token: tokens.open(), since: ports.now(), called: false };
  const awaiting: Frame = { ...frame, phase };
  ports.journal?.save(awaiting, 'keep');
  return awaiting;
}

/** What the task answers, or what somebody answers under its token. A call that is known to be made is not made again. */
async function resultOf(
  strand: Strand,
  frame: Frame,
  call: TaskCall,
  state: string,
  { timeoutSeconds, heartbeatSeconds }: TaskLimits,
): Promise<Json> {
  const { ports, path } = strand;
  const { tokens } = ports;
  if (frame.phase.kind !== 'awaiting' || !tokens) return callInTime(strand, call, timeoutSeconds);
  const { token, since, called } = frame.phase;
  if (!called) {
    const output = await callInTime(strand, call, timeoutSeconds);
    ports.observe({ kind: 'taskSubmitted', at: ports.now(), path, state, resource: call.resource, output });
    ports.journal?.save({ ...frame, phase: { ...frame.phase, called: true } }, 'keep');
  }
  const until = timeoutSeconds === undefined ? undefined : since + timeoutSeconds * 1000;
  return answerTo(strand, tokens, token, { until, heartbeatSeconds });
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
