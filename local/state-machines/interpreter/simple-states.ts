import { StateFailure, errorNames } from './failure.ts';
import type { Frame } from './frame.ts';
import type { ChoiceState, FailState, PassState, SucceedState, WaitState } from './machine.ts';
import type { Strand } from './run.ts';
import { evaluateCount, evaluateText, leave, scopeOf } from './scope.ts';
import type { Left } from './scope.ts';
import { sleepUntil } from './sleep.ts';
import { evaluateTemplate, queryError } from './template.ts';
import type { Scope } from './template.ts';

export function passPass(strand: Strand, state: PassState, frame: Frame): Promise<Left> {
  return leave(state, scopeOf(strand, frame), frame.input);
}

export function passSucceed(strand: Strand, { output }: SucceedState, frame: Frame): Promise<Left> {
  return leave({ next: undefined, output, assign: undefined }, scopeOf(strand, frame), frame.input);
}

/** Never answers: throws the error that the state names. */
export async function passFail(strand: Strand, state: FailState, frame: Frame): Promise<never> {
  const scope = scopeOf(strand, frame);
  const error = state.error ? await evaluateText(state.error, scope, 'Error') : '';
  const cause = state.cause ? await evaluateText(state.cause, scope, 'Cause') : '';
  throw new StateFailure(error, cause);
}

/** The first rule that holds decides. */
export async function passChoice(strand: Strand, state: ChoiceState, frame: Frame): Promise<Left> {
  const scope = scopeOf(strand, frame);
  for (const rule of state.rules) {
    const holds = await evaluateTemplate(rule.condition, scope);
    if (typeof holds !== 'boolean') throw queryError("The field 'Condition' must be a boolean.");
    if (holds) return leave(rule, scope, frame.input);
  }
  if (state.otherwise) return leave(state.otherwise, scope, frame.input);
  throw new StateFailure(errorNames.noChoiceMatched, 'No rule of the Choice state holds, and it has no Default.');
}

/** The end of the wait is written down before it begins, so that a restart does not wait from the start again. */
export async function passWait(strand: Strand, state: WaitState, frame: Frame): Promise<Left> {
  const scope = scopeOf(strand, frame);
  const until =
    frame.phase.kind === 'waiting' ? frame.phase.until : await evaluateUntil(state, scope, strand.ports.now());
  if (frame.phase.kind !== 'waiting')
    strand.ports.journal?.save({ ...frame, phase: { kind: 'waiting', until } }, 'keep');
  await sleepUntil(strand, until);
  return leave(state, scope, frame.input);
}

async function evaluateUntil({ until }: WaitState, scope: Scope, now: number): Promise<number> {
  if (until.kind === 'seconds') return now + 1000 * (await evaluateCount(until.template, scope, 'Seconds', 0));
  const timestamp = await evaluateText(until.template, scope, 'Timestamp');
  if (!rfc3339.test(timestamp)) throw queryError("The field 'Timestamp' must be a time as RFC 3339 writes it.");
  const milliseconds = Date.parse(timestamp);
  if (Number.isNaN(milliseconds)) throw queryError("The field 'Timestamp' must be a time that exists.");
  return milliseconds;
}

/** The States Language asks for a capital T and Z besides. */
const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/u;
