import type { Json } from '../../kernel/service.ts';
import type { StateFailure } from './failure.ts';
import { toStateFailure } from './failure.ts';
import { joinBranches } from './fork.ts';
import type { Frame } from './frame.ts';
import { Interrupted } from './interrupt.ts';
import type { WorkState } from './machine.ts';
import { chooseCatcher, chooseRetry } from './retry.ts';
import type { Retry } from './retry.ts';
import type { RunBlock, Strand } from './run.ts';
import { leave, scopeOf, withError, withResult } from './scope.ts';
import type { Left } from './scope.ts';
import { sleepUntil } from './sleep.ts';
import { doTask, withToken } from './task.ts';
import type { Scope } from './template.ts';

/** A state that does work: again as its retriers say, and past its errors as its catchers say. */
export async function passWork(strand: Strand, state: WorkState, entered: Frame, runBlock: RunBlock): Promise<Left> {
  let frame = entered;
  for (;;) {
    try {
      if (frame.phase.kind === 'retrying') {
        await sleepUntil(strand, frame.phase.until);
        frame = { ...frame, phase: { kind: 'entered' } };
      }
      if (state.type === 'Task' && state.waitsForToken) frame = withToken(strand, frame);
      const scope = scopeOf(strand, frame);
      const result = await doWork(strand, state, frame, scope, runBlock);
      return await leave(state, withResult(scope, result), result);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const failure = toStateFailure(error);
      const retry = chooseRetry(state.retry, failure.error, frame.attempts, () => strand.ports.random());
      if (!retry) return await leaveByCatcher(strand, state, frame, failure);
      frame = beginRetry(strand, state, frame, failure, retry);
    }
  }
}

function doWork(strand: Strand, state: WorkState, frame: Frame, scope: Scope, runBlock: RunBlock): Promise<Json> {
  if (state.type === 'Task') return doTask(strand, state, frame, scope);
  return joinBranches(strand, state, frame, scope, runBlock);
}

/** The time of the next attempt is written down, so that a restart neither forgets the attempts nor waits anew. */
function beginRetry(strand: Strand, state: WorkState, frame: Frame, failure: StateFailure, retry: Retry): Frame {
  report(strand, state, failure, 'retried');
  const until = strand.ports.now() + retry.delayMilliseconds;
  const retrying: Frame = { ...frame, attempts: retry.attempts, phase: { kind: 'retrying', until } };
  strand.ports.journal?.save(retrying, 'forget');
  return retrying;
}

async function leaveByCatcher(strand: Strand, state: WorkState, frame: Frame, failure: StateFailure): Promise<Left> {
  const catcher = chooseCatcher(state.catch, failure.error);
  report(strand, state, failure, catcher ? 'caught' : 'none');
  if (!catcher) throw failure;
  const scope = withError(scopeOf(strand, frame), failure);
  return leave(catcher, scope, { Error: failure.error, Cause: failure.cause });
}

function report(
  strand: Strand,
  state: WorkState,
  { error, cause }: StateFailure,
  handling: 'retried' | 'caught' | 'none',
): void {
  const at = strand.ports.now();
  strand.ports.observe({
    kind: 'failed',
    at,
    path: strand.path,
    state: state.name,
    type: state.type,
    error,
    cause,
    handling,
  });
}
