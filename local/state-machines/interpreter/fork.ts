import { isJsonArray } from '../../kernel/json.ts';
import type { Json, JsonObject } from '../../kernel/service.ts';
import type { Frame } from './frame.ts';
import { Interrupt, Interrupted } from './interrupt.ts';
import { requireWithinLimit } from './limits.ts';
import type { Block, MapState, ParallelState } from './machine.ts';
import { enter, stateOf } from './run.ts';
import type { RunBlock, Strand } from './run.ts';
import { evaluateCount, scopeOf, visibleVariables } from './scope.ts';
import { evaluateTemplate, queryError } from './template.ts';
import type { Scope } from './template.ts';

type ForkState = ParallelState | MapState;
type Fork = Extract<Frame['phase'], { kind: 'forked' }>;

/** What an inline Map runs at most at once (Step Functions quotas); also what MaxConcurrency 0 means. */
const mostConcurrentIterations = 40;

/**
 * Runs the branches of a Parallel or the iterations of a Map and answers their outputs in order. The first that fails
 * fails all: the others are stopped where they are. In a durable run the inputs are written down before any branch
 * begins, so that after a restart each goes on where it was, on the same input.
 */
export async function joinBranches(
  strand: Strand,
  state: ForkState,
  frame: Frame,
  scope: Scope,
  runBlock: RunBlock,
): Promise<Json> {
  const { ports } = strand;
  const fork = frame.phase.kind === 'forked' ? frame.phase : await planFork(strand, state, frame, scope);
  if (frame.phase.kind !== 'forked') {
    const at = ports.now();
    ports.observe({
      kind: 'forked',
      at,
      path: strand.path,
      state: state.name,
      type: state.type,
      length: fork.inputs.length,
    });
    ports.journal?.save({ ...frame, phase: fork }, 'forget');
  }
  const outputs = await new Branches(strand, state, frame, fork, runBlock).run(await evaluateConcurrency(state, scope));
  requireWithinLimit(outputs, 'The result of the state');
  ports.observe({ kind: 'joined', at: ports.now(), path: strand.path, state: state.name, type: state.type });
  return outputs;
}

async function planFork(strand: Strand, state: ForkState, frame: Frame, scope: Scope): Promise<Fork> {
  if (state.type === 'Parallel') {
    const input = state.arguments ? await evaluateTemplate(state.arguments, scope) : frame.input;
    requireWithinLimit(input, 'The arguments of the state');
    return { kind: 'forked', inputs: state.branches.map(() => input) };
  }
  const items = state.items ? await evaluateTemplate(state.items, scope) : frame.input;
  if (!isJsonArray(items)) throw queryError("The field 'Items' must be an array.");
  if (!state.itemSelector) return { kind: 'forked', inputs: items, items };
  const inputs: Json[] = [];
  for (const [index, item] of items.entries()) {
    const input = await evaluateTemplate(state.itemSelector, scopeOf(strand, frame, { Index: index, Value: item }));
    requireWithinLimit(input, 'The input of the iteration');
    inputs.push(input);
  }
  return { kind: 'forked', inputs, items };
}

async function evaluateConcurrency(state: ForkState, scope: Scope): Promise<number> {
  if (state.type === 'Parallel') return state.branches.length;
  const asked = state.maxConcurrency && (await evaluateCount(state.maxConcurrency, scope, 'MaxConcurrency', 0));
  return asked === undefined || asked === 0 ? mostConcurrentIterations : Math.min(asked, mostConcurrentIterations);
}

/** The branches of one state, so many of them at once. */
class Branches {
  readonly #strand: Strand;
  readonly #state: ForkState;
  readonly #fork: Fork;
  readonly #runBlock: RunBlock;
  readonly #variables: Strand['outer'];
  readonly #interrupt = new Interrupt();
  readonly #outputs: Json[] = [];
  #next = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(strand: Strand, state: ForkState, frame: Frame, fork: Fork, runBlock: RunBlock) {
    this.#strand = strand;
    this.#state = state;
    this.#fork = fork;
    this.#runBlock = runBlock;
    this.#variables = visibleVariables(strand, frame);
  }

  async run(concurrency: number): Promise<readonly Json[]> {
    let working = Math.min(concurrency, this.#fork.inputs.length);
    if (working === 0) return [];
    const { ports, interrupt } = this.#strand;
    const forget = interrupt.onStop((reason) => {
      this.#interrupt.stop(reason);
    });
    // The strand that waits for its branches counts as one of them, so that no moment looks idle which is not.
    ports.working(working - 1);
    const lanes = Array.from({ length: working }, async () => {
      await this.#runLane();
      working -= 1;
      if (working > 0) ports.working(-1);
    });
    await Promise.all(lanes);
    forget();
    if (this.#failure) throw this.#failure.error;
    return this.#outputs;
  }

  /** Takes one branch after the other until none is left or one has failed. Never rejects. */
  async #runLane(): Promise<void> {
    while (!this.#failure && this.#next < this.#fork.inputs.length) {
      const index = this.#next;
      this.#next += 1;
      try {
        this.#outputs[index] = await this.#runBranch(index);
      } catch (error) {
        this.#failure ??= { error };
        this.#interrupt.stop(new Interrupted('branch'));
      }
    }
  }

  async #runBranch(index: number): Promise<Json> {
    const { ports, path } = this.#strand;
    const strand: Strand = {
      ...this.#strand,
      path: `${path}/${index}`,
      interrupt: this.#interrupt,
      outer: this.#variables,
      mapItem: this.#itemOf(index),
    };
    const block = this.#blockOf(index);
    const saved = ports.journal?.load(strand.path);
    if (saved?.phase.kind === 'ended') return saved.phase.output;
    if (!saved) this.#observe('iterationStarted', index);
    try {
      const output = await this.#runBlock(strand, block, saved ?? this.#begin(strand, block, index));
      this.#observe('iterationSucceeded', index);
      return output;
    } catch (error) {
      if (!(error instanceof Interrupted)) this.#observe('iterationFailed', index);
      throw error;
    }
  }

  #begin(strand: Strand, block: Block, index: number): Frame {
    const frame = enter(strand, stateOf(block, block.startAt), this.#fork.inputs[index] ?? null, {});
    strand.ports.journal?.save(frame, 'keep');
    return frame;
  }

  #blockOf(index: number): Block {
    if (this.#state.type === 'Map') return this.#state.processor;
    const branch = this.#state.branches[index];
    if (!branch) throw new RangeError(`There is no branch ${index}.`);
    return branch;
  }

  #itemOf(index: number): JsonObject | undefined {
    if (this.#state.type === 'Parallel') return this.#strand.mapItem;
    return { Index: index, Value: this.#fork.items?.[index] ?? null };
  }

  #observe(kind: 'iterationStarted' | 'iterationSucceeded' | 'iterationFailed', index: number): void {
    if (this.#state.type !== 'Map') return;
    const { ports, path } = this.#strand;
    ports.observe({ kind, at: ports.now(), path, state: this.#state.name, index });
  }
}
