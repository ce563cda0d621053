import { compileMachine } from '../../../local/state-machines/interpreter/compile.ts';
import { StateFailure } from '../../../local/state-machines/interpreter/failure.ts';
import type { Frame } from '../../../local/state-machines/interpreter/frame.ts';
import { Interrupt } from '../../../local/state-machines/interpreter/interrupt.ts';
import { runBlock } from '../../../local/state-machines/interpreter/run-block.ts';
import { enter, stateOf } from '../../../local/state-machines/interpreter/run.ts';
import type { Ports, RunEvent, Strand } from '../../../local/state-machines/interpreter/run.ts';
import type { Json, JsonObject } from '../../../local/kernel/service.ts';

export type Task = (taskArguments: JsonObject, call: number) => Json | Promise<Json>;

export interface Told {
  /** What the run answered, when it came to its end. */
  readonly output?: Json;
  /** The error's name and cause, when it failed. */
  readonly error?: string;
  readonly cause?: string;
  readonly events: readonly RunEvent[];
  /** The states entered, in order. */
  readonly states: readonly string[];
  /** What the tasks were called with, in order. */
  readonly calls: readonly { readonly task: string; readonly arguments: JsonObject; readonly at: number }[];
  /** The time that the run took, in milliseconds on its clock. */
  readonly elapsed: number;
}

export interface World {
  readonly tasks?: Readonly<Record<string, Task>>;
  readonly input?: Json;
  readonly random?: () => number;
}

export const startTime = Date.parse('2026-11-22T10:00:00.000Z');

/** A task that is called by its name, so that a definition reads without Lambda's wrapping. */
export function task(name: string, rest: JsonObject = {}): JsonObject {
  return { Type: 'Task', Resource: `test:${name}`, ...('Next' in rest ? {} : { End: true }), ...rest };
}

export function machine(states: Readonly<Record<string, JsonObject>>, rest: JsonObject = {}): JsonObject {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0] ?? '', States: states, ...rest };
}

export function fails(error: string, cause = 'because'): Task {
  return () => {
    throw new StateFailure(error, cause);
  };
}

/** A time that stands still until everything has been done, and then jumps to what is due next. */
class JumpingTime {
  now = startTime;
  #timers: { at: number; callback: () => void }[] = [];

  at(at: number, callback: () => void): () => void {
    const timer = { at, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Answers whether there was anything to jump to. */
  jump(): boolean {
    const [next] = [...this.#timers].sort((left, right) => left.at - right.at);
    if (!next) return false;
    this.#timers = this.#timers.filter((other) => other !== next);
    this.now = Math.max(this.now, next.at);
    next.callback();
    return true;
  }
}

/** Runs a definition with tasks that are functions, in a time of its own. */
export async function run(
  definition: JsonObject,
  { tasks = {}, input = {}, random = () => 0.5 }: World = {},
): Promise<Told> {
  const time = new JumpingTime();
  const events: RunEvent[] = [];
  const calls: { task: string; arguments: JsonObject; at: number }[] = [];
  let uuids = 0;
  const chance = { now: () => time.now, random, uuid: () => `uuid-${(uuids += 1)}` };
  const compiled = compileMachine(definition, { chance, requireResource: () => undefined });
  const ports: Ports = {
    now: () => time.now,
    random,
    at: (at, callback) => time.at(at, callback),
    after: (milliseconds, callback) => time.at(time.now + milliseconds, callback),
    observe: (event) => events.push(event),
    working: () => undefined,
    callTask: async ({ resource, arguments: given }) => {
      const name = resource.replace(/^test:/u, '');
      calls.push({ task: name, arguments: given as JsonObject, at: time.now });
      const answer = tasks[name];
      if (!answer) throw new Error(`The test has no task ${name}.`);
      return answer(given as JsonObject, calls.filter((call) => call.task === name).length);
    },
  };
  const context = {
    Execution: { Id: 'execution-arn', Name: 'execution', Input: input },
    StateMachine: { Name: 'machine' },
  };
  const strand: Strand = { ports, context, path: '', interrupt: new Interrupt(), outer: {}, mapItem: undefined };
  const first: Frame = enter(strand, stateOf(compiled, compiled.startAt), input, {});
  const result = await settle(runBlock(strand, compiled, first), time);
  const states = events.filter((event) => event.kind === 'entered').map((event) => event.state);
  return { ...result, events, states, calls, elapsed: time.now - startTime };
}

async function settle(running: Promise<Json>, time: JumpingTime): Promise<Pick<Told, 'output' | 'error' | 'cause'>> {
  const told: { ended?: Pick<Told, 'output' | 'error' | 'cause'>; broken?: Error } = {};
  running.then(
    (output) => (told.ended = { output }),
    (error: unknown) => {
      if (error instanceof StateFailure) told.ended = { error: error.error, cause: error.cause };
      else told.broken = error as Error;
    },
  );
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (told.ended) return told.ended;
    if (told.broken) throw told.broken;
    if (!time.jump()) throw new Error('The run waits for something that never comes.');
  }
}

/** A task's answer that never comes. */
export function never(): Promise<Json> {
  return new Promise(() => undefined);
}
