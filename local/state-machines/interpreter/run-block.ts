import type { Json } from '../../kernel/service.ts';
import { toStateFailure } from './failure.ts';
import type { Frame } from './frame.ts';
import { Interrupted } from './interrupt.ts';
import type { Block, State } from './machine.ts';
import { enter, stateOf } from './run.ts';
import type { Strand } from './run.ts';
import type { Left } from './scope.ts';
import { passChoice, passFail, passPass, passSucceed, passWait } from './simple-states.ts';
import { sleepUntil } from './sleep.ts';
import { passWork } from './work-states.ts';

/** After so many states without a pause a strand lets the rest of the process have a turn. */
const statesInOneTurn = 1000;

/**
 * Runs a machine, or a branch, from where its frame stands to its end, and answers its output. Throws StateFailure for
 * an error that nothing has caught, Interrupted when the strand's interrupt stops it.
 */
export async function runBlock(strand: Strand, block: Block, start: Frame): Promise<Json> {
  let frame = start;
  for (let passed = 1; frame.phase.kind !== 'ended'; passed += 1) {
    strand.interrupt.throwIfStopped();
    if (passed % statesInOneTurn === 0) await sleepUntil(strand, strand.ports.now());
    const state = stateOf(block, frame.state);
    frame = goOn(strand, block, frame, state, await passState(strand, state, frame));
  }
  return frame.phase.output;
}

/** The frame after a state, written down before anything of the next state is done. */
function goOn(strand: Strand, block: Block, frame: Frame, state: State, { next, output, assigned }: Left): Frame {
  const { ports, path } = strand;
  ports.observe({ kind: 'exited', at: ports.now(), path, state: state.name, type: state.type, output, assigned });
  const variables = assigned ? { ...frame.variables, ...assigned } : frame.variables;
  const following: Frame =
    next === undefined
      ? { ...frame, phase: { kind: 'ended', output } }
      : enter(strand, stateOf(block, next), output, variables);
  // The end of the machine itself is written by whoever runs it, together with the run's outcome.
  if (next !== undefined || path !== '') ports.journal?.save(following, 'forget');
  return following;
}

async function passState(strand: Strand, state: State, frame: Frame): Promise<Left> {
  if (state.type === 'Task' || state.type === 'Parallel' || state.type === 'Map') {
    return passWork(strand, state, frame, runBlock);
  }
  try {
    switch (state.type) {
      case 'Pass':
        return await passPass(strand, state, frame);
      case 'Succeed':
        return await passSucceed(strand, state, frame);
      case 'Fail':
        return await passFail(strand, state, frame);
      case 'Choice':
        return await passChoice(strand, state, frame);
      case 'Wait':
        return await passWait(strand, state, frame);
    }
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const { ports, path } = strand;
    const failure = toStateFailure(error);
    const { error: name, cause } = failure;
    ports.observe({
      kind: 'failed',
      at: ports.now(),
      path,
      state: state.name,
      type: state.type,
      error: name,
      cause,
      handling: 'none',
    });
    throw failure;
  }
}
