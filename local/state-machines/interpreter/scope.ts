import { isJsonObject } from '../../kernel/json.ts';
import type { Json, JsonObject } from '../../kernel/service.ts';
import type { StateFailure } from './failure.ts';
import type { Frame, Variables } from './frame.ts';
import { requireWithinLimit } from './limits.ts';
import type { Exit } from './machine.ts';
import type { Strand } from './run.ts';
import { evaluateTemplate, queryError } from './template.ts';
import type { Scope, Template } from './template.ts';

/** Where a strand goes after a state. */
export interface Left {
  /** The next state; undefined ends the strand. */
  readonly next: string | undefined;
  readonly output: Json;
  /** What the state assigned. */
  readonly assigned: Variables | undefined;
}

/** What the expressions of a state see before its work is done, and what `item` adds within a Map's iteration. */
export function scopeOf(strand: Strand, frame: Frame, item: JsonObject | undefined = strand.mapItem): Scope {
  const context: JsonObject = {
    Execution: strand.context.Execution,
    StateMachine: strand.context.StateMachine,
    State: {
      Name: frame.state,
      EnteredTime: new Date(frame.enteredAt).toISOString(),
      RetryCount: frame.attempts.reduce((sum, attempts) => sum + attempts, 0),
    },
    ...(frame.phase.kind === 'awaiting' ? { Task: { Token: frame.phase.token } } : {}),
    ...(item === undefined ? {} : { Map: { Item: item } }),
  };
  return { ...visibleVariables(strand, frame), states: { input: frame.input, context } };
}

/** The same after a result. */
export function withResult(scope: Scope, result: Json): Scope {
  return { ...scope, states: { ...scope.states, result } };
}

/** The same after an error that a catcher takes. */
export function withError(scope: Scope, { error, cause }: StateFailure): Scope {
  return { ...scope, states: { ...scope.states, errorOutput: { Error: error, Cause: cause } } };
}

/** A strand's own variables and those of the scopes around it. */
export function visibleVariables(strand: Strand, frame: Frame): Variables {
  return { ...strand.outer, ...frame.variables };
}

/**
 * Evaluates Output and Assign. Both see the variables as they were: what a state assigns is there from the next state
 * on. Without Output, `otherwise` goes on.
 */
export async function leave(exit: Exit, scope: Scope, otherwise: Json): Promise<Left> {
  const output = exit.output ? await evaluateTemplate(exit.output, scope) : otherwise;
  requireWithinLimit(output, 'The output of the state');
  return { next: exit.next, output, assigned: exit.assign && (await evaluateAssign(exit.assign, scope)) };
}

async function evaluateAssign(assign: Template, scope: Scope): Promise<Variables> {
  const assigned = await evaluateTemplate(assign, scope);
  requireWithinLimit(assigned, 'The variables that the state assigns');
  // The definition's schema lets nothing but an object through.
  if (!isJsonObject(assigned)) throw queryError('Assign must be an object.');
  return assigned;
}

/** The value of a field that must be a whole number between bounds. */
export async function evaluateCount(template: Template, scope: Scope, field: string, minimum: number): Promise<number> {
  const value = await evaluateTemplate(template, scope);
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= 99_999_999) return value;
  throw queryError(`The field '${field}' must be a whole number from ${minimum} to 99999999.`);
}

/** The value of a field that must be a string. */
export async function evaluateText(template: Template, scope: Scope, field: string): Promise<string> {
  const value = await evaluateTemplate(template, scope);
  if (typeof value === 'string') return value;
  throw queryError(`The field '${field}' must be a string.`);
}
