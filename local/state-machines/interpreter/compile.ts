import type * as z from 'zod';
import { isJsonObject } from '../../kernel/json.ts';
import type { Json } from '../../kernel/service.ts';
import { definition, stateDefinition } from './definition.ts';
import type { BlockDefinition, CatcherDefinition, RetrierDefinition, StateDefinition } from './definition.ts';
import type { Chance } from './expression-functions.ts';
import type { Block, Catcher, Exit, Handlers, Machine, Retrier, State } from './machine.ts';
import { compileTemplate } from './template.ts';
import type { Template } from './template.ts';

/** A task whose Resource ends so waits for an answer under its token. */
const waitSuffix = '.waitForTaskToken';

export interface CompileOptions {
  readonly chance: Chance;
  /** Throws when tasks cannot be sent to this resource. */
  readonly requireResource: (resource: string) => void;
}

/** What is around a state while it is compiled. */
interface Surroundings extends CompileOptions {
  /** Variables that outer blocks assign: an inner block reads them and may not assign them. */
  readonly outerVariables: ReadonlySet<string>;
}

/**
 * Makes a machine out of its definition's JSON. Throws an Error that names the state and the field for everything
 * which the interpreter does not run: another query language, a distributed map, an unknown field or resource.
 */
export function compileMachine(json: Json, options: CompileOptions): Machine {
  const parsed = definition.safeParse(json);
  if (!parsed.success) throw new Error(describe(parsed.error));
  const block = compileBlock(parsed.data, { ...options, outerVariables: new Set() });
  return { ...block, timeoutSeconds: parsed.data.TimeoutSeconds };
}

function compileBlock({ StartAt, States }: BlockDefinition, surroundings: Surroundings): Block {
  const definitions = Object.entries(States).map(([name, value]) => {
    const parsed = stateDefinition.safeParse(value);
    if (!parsed.success) throw new Error(`State "${name}": ${describe(parsed.error)}`);
    return [name, parsed.data] as const;
  });
  const assigned = new Set(definitions.flatMap(([, state]) => variablesOf(state)));
  for (const name of assigned) requireAssignable(name, surroundings.outerVariables);
  const inner = { ...surroundings, outerVariables: new Set([...surroundings.outerVariables, ...assigned]) };
  const states = new Map(definitions.map(([name, state]) => [name, compileState(name, state, inner)]));
  for (const target of [StartAt, ...definitions.flatMap(([, state]) => targetsOf(state))]) {
    if (!states.has(target)) throw new Error(`There is no state "${target}" to go to.`);
  }
  return { startAt: StartAt, states };
}

function compileState(name: string, state: StateDefinition, surroundings: Surroundings): State {
  try {
    return compileChecked(name, state, surroundings);
  } catch (error) {
    if (error instanceof Error) error.message = `State "${name}": ${error.message}`;
    throw error;
  }
}

function compileChecked(name: string, state: StateDefinition, surroundings: Surroundings): State {
  const template = templateCompiler(surroundings.chance);
  switch (state.Type) {
    case 'Pass':
      return { type: 'Pass', name, ...compileExit(state, template) };
    case 'Succeed':
      return { type: 'Succeed', name, output: template(state.Output, 'Output') };
    case 'Fail':
      return { type: 'Fail', name, error: template(state.Error, 'Error'), cause: template(state.Cause, 'Cause') };
    case 'Choice':
      return {
        type: 'Choice',
        name,
        rules: state.Choices.map((rule, index) => ({
          condition: compileTemplate(rule.Condition, `Choices[${index}]/Condition`, surroundings.chance),
          ...compileExit(rule, template),
        })),
        otherwise: state.Default === undefined ? undefined : compileExit({ ...state, Next: state.Default }, template),
      };
    case 'Wait':
      return { type: 'Wait', name, until: compileUntil(state, surroundings.chance), ...compileExit(state, template) };
    case 'Task':
      surroundings.requireResource(state.Resource);
      return {
        type: 'Task',
        name,
        resource: state.Resource,
        waitsForToken: state.Resource.endsWith(waitSuffix),
        arguments: template(state.Arguments, 'Arguments'),
        timeoutSeconds: template(state.TimeoutSeconds, 'TimeoutSeconds'),
        heartbeatSeconds: template(state.HeartbeatSeconds, 'HeartbeatSeconds'),
        ...compileExit(state, template),
        ...compileHandlers(state, template),
      };
    case 'Parallel':
      return {
        type: 'Parallel',
        name,
        arguments: template(state.Arguments, 'Arguments'),
        branches: state.Branches.map((branch) => compileBlock(branch, surroundings)),
        ...compileExit(state, template),
        ...compileHandlers(state, template),
      };
    case 'Map':
      return {
        type: 'Map',
        name,
        items: template(state.Items, 'Items'),
        itemSelector: template(state.ItemSelector, 'ItemSelector'),
        maxConcurrency: template(state.MaxConcurrency, 'MaxConcurrency'),
        processor: compileBlock(state.ItemProcessor, surroundings),
        ...compileExit(state, template),
        ...compileHandlers(state, template),
      };
  }
}

type TemplateCompiler = (value: Json | undefined, field: string) => Template | undefined;

function templateCompiler(chance: Chance): TemplateCompiler {
  return (value, field) => (value === undefined ? undefined : compileTemplate(value, field, chance));
}

interface ExitDefinition {
  readonly Next?: string | undefined;
  readonly Output?: Json | undefined;
  readonly Assign?: Json | undefined;
}

function compileExit({ Next, Output, Assign }: ExitDefinition, template: TemplateCompiler): Exit {
  return { next: Next, output: template(Output, 'Output'), assign: template(Assign, 'Assign') };
}

function compileUntil(state: Extract<StateDefinition, { Type: 'Wait' }>, chance: Chance) {
  if (state.Seconds !== undefined && state.Timestamp === undefined) {
    return { kind: 'seconds' as const, template: compileTemplate(state.Seconds, 'Seconds', chance) };
  }
  if (state.Timestamp !== undefined && state.Seconds === undefined) {
    return { kind: 'timestamp' as const, template: compileTemplate(state.Timestamp, 'Timestamp', chance) };
  }
  throw new Error('A Wait state has either Seconds or Timestamp.');
}

function compileHandlers(
  state: { readonly Retry: readonly RetrierDefinition[]; readonly Catch: readonly CatcherDefinition[] },
  template: TemplateCompiler,
): Handlers {
  return {
    retry: state.Retry.map(compileRetrier),
    catch: state.Catch.map((catcher) => compileCatcher(catcher, template)),
  };
}

function compileRetrier(retrier: RetrierDefinition): Retrier {
  return {
    errorEquals: retrier.ErrorEquals,
    intervalSeconds: retrier.IntervalSeconds,
    maxAttempts: retrier.MaxAttempts,
    backoffRate: retrier.BackoffRate,
    maxDelaySeconds: retrier.MaxDelaySeconds ?? Infinity,
    fullJitter: retrier.JitterStrategy === 'FULL',
  };
}

function compileCatcher(catcher: CatcherDefinition, template: TemplateCompiler): Catcher {
  return { errorEquals: catcher.ErrorEquals, ...compileExit(catcher, template) };
}

function requireAssignable(name: string, outerVariables: ReadonlySet<string>): void {
  if (name === 'states') throw new Error('Assign: $states is reserved.');
  if (outerVariables.has(name))
    throw new Error(`Assign: $${name} is a variable of an outer scope, which an inner one only reads.`);
}

function variablesOf(state: StateDefinition): readonly string[] {
  const assigns: unknown[] = ['Assign' in state ? state.Assign : undefined];
  if (state.Type === 'Choice') assigns.push(...state.Choices.map(({ Assign }) => Assign));
  if ('Catch' in state) assigns.push(...state.Catch.map(({ Assign }) => Assign));
  return assigns.filter(isJsonObject).flatMap((assign) => Object.keys(assign));
}

function targetsOf(state: StateDefinition): readonly string[] {
  const targets: (string | undefined)[] = ['Next' in state ? state.Next : undefined];
  if (state.Type === 'Choice') targets.push(state.Default, ...state.Choices.map(({ Next }) => Next));
  if ('Catch' in state) targets.push(...state.Catch.map(({ Next }) => Next));
  return targets.filter((target) => target !== undefined);
}

function describe(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')} ${message}`))
    .join('; ');
}
