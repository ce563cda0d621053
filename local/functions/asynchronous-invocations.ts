import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Store } from '../kernel/store.ts';
import type { Failure } from './failure-destinations.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { Outcome } from './function-worker.ts';

export interface AsynchronousInvocationsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly log: (line: string) => void;
  readonly find: (functionName: string) => FunctionDefinition | undefined;
  /** Runs one attempt. Throws TooManyRequestsException when the function is at its limit. */
  readonly invoke: (definition: FunctionDefinition, id: string, payload: string) => Promise<Outcome>;
  /** Sends an event that failed for good to where the template says. Throws when that did not work. */
  readonly sendFailure: (definition: FunctionDefinition, failure: Failure) => Promise<void>;
}

const row = z.object({
  id: z.string(),
  function_name: z.string(),
  payload: z.string(),
  accepted_at: z.number(),
  attempts: z.number(),
  throttles: z.number(),
  condition: z.enum(['RetriesExhausted', 'EventAgeExceeded']).nullable(),
  outcome: z.string().nullable(),
});

type Row = z.infer<typeof row>;

/** Lambda waits a minute before the first retry and two before the second. */
const retryDelaysMilliseconds = [60_000, 120_000];
const longestBackOffMilliseconds = 300_000;
const redeliveryDelayMilliseconds = 1_000;
const destinationRetryMilliseconds = 60_000;

/**
 * Lambda's queue of asynchronous invocations. An event is in the store before it is acknowledged and leaves it only
 * when its function succeeded, or its failure was handed on: a kill in between means that it runs again, as it may
 * in AWS, never that it is lost.
 */
export class AsynchronousInvocations {
  readonly #options: AsynchronousInvocationsOptions;
  readonly #waiting = new Map<string, { readonly dueAt: number; readonly cancel: () => void }>();
  readonly #running = new Set<string>();
  #closed = false;

  constructor(options: AsynchronousInvocationsOptions) {
    this.#options = options;
    options.store.exec(`CREATE TABLE IF NOT EXISTS lambda_events (
      id TEXT PRIMARY KEY, function_name TEXT NOT NULL, payload TEXT NOT NULL, accepted_at INTEGER NOT NULL,
      due_at INTEGER NOT NULL, attempts INTEGER NOT NULL, throttles INTEGER NOT NULL, condition TEXT, outcome TEXT
    ) STRICT`);
  }

  /** Takes an event: it is durable when this returns. */
  accept(id: string, functionName: string, payload: string): void {
    const now = Math.round(this.#options.clock.now());
    this.#options.store
      .prepare('INSERT INTO lambda_events VALUES (?, ?, ?, ?, ?, 0, 0, NULL, NULL)')
      .run(id, functionName, payload, now, now);
    this.#schedule(id, now);
  }

  /** Takes up what an earlier process accepted. Call once, when functions can be run. */
  resume(): void {
    const rows = this.#options.store.prepare('SELECT id, due_at FROM lambda_events ORDER BY due_at').all();
    for (const { id, due_at } of z.array(z.object({ id: z.string(), due_at: z.number() })).parse(rows)) {
      if (!this.#waiting.has(id) && !this.#running.has(id)) this.#schedule(id, due_at);
    }
  }

  /** Whether an attempt is under way or due. */
  busy(): boolean {
    const now = this.#options.clock.now();
    return this.#running.size > 0 || [...this.#waiting.values()].some(({ dueAt }) => dueAt <= now);
  }

  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  /** `breaks` is how often in a row the event could not even be read or written down. */
  #schedule(id: string, dueAt: number, breaks = 0): void {
    if (this.#closed) return;
    const run = () => {
      this.#waiting.delete(id);
      this.#running.add(id);
      void this.#process(id)
        .catch((error: unknown) => this.#tryAgain(id, breaks, error))
        .finally(() => this.#running.delete(id));
    };
    const { clock } = this.#options;
    if (dueAt > clock.now()) {
      this.#waiting.set(id, { dueAt, cancel: clock.at(dueAt, run) });
      return;
    }
    const immediate = setImmediate(run);
    this.#waiting.set(id, { dueAt, cancel: () => clearImmediate(immediate) });
  }

  /** Whatever broke, the event is still in the store, as it was: it is tried again, by the clock. */
  #tryAgain(id: string, breaks: number, error: unknown): void {
    if (this.#closed) return;
    this.#options.log(`An asynchronous invocation waits: ${describe(error)}`);
    this.#schedule(id, this.#options.clock.now() + backOffMilliseconds(breaks), breaks + 1);
  }

  async #process(id: string): Promise<void> {
    const stored = this.#options.store.prepare('SELECT * FROM lambda_events WHERE id = ?').get(id);
    if (!stored) return;
    const event = row.parse(stored);
    const definition = this.#options.find(event.function_name);
    if (!definition) {
      this.#options.log(`An event for ${event.function_name} was dropped: there is no such function any more.`);
      this.#delete(id);
      return;
    }
    if (event.condition) await this.#handOn(definition, event);
    else if (this.#age(event) > definition.asynchronous.maximumEventAgeSeconds * 1_000)
      await this.#fail(definition, event, 'EventAgeExceeded', null);
    else await this.#attempt(definition, event);
  }

  async #attempt(definition: FunctionDefinition, event: Row): Promise<void> {
    const [first, ...doubles] = this.#options.faults.deliver('lambda', [event]).delivered;
    if (!first) {
      this.#postpone(event, redeliveryDelayMilliseconds);
      return;
    }
    try {
      const outcome = await this.#options.invoke(definition, event.id, event.payload);
      // Lambda promises at least once: a double is an invocation of its own, whose outcome decides nothing.
      for (const double of doubles) await this.#options.invoke(definition, double.id, double.payload);
      await this.#conclude(definition, event, outcome);
    } catch (error) {
      if (this.#closed) return;
      if (!(error instanceof AwsError)) this.#options.log(`An event for ${definition.name} waits: ${describe(error)}`);
      this.#postpone({ ...event, throttles: event.throttles + 1 }, backOffMilliseconds(event.throttles));
    }
  }

  /** `outcome` is not the function's when the cloud is closing: its threads were ended. */
  async #conclude(definition: FunctionDefinition, event: Row, outcome: Outcome): Promise<void> {
    if (this.#closed) return;
    if (!outcome.failed) {
      this.#delete(event.id);
      return;
    }
    const attempts = event.attempts + 1;
    const delay = retryDelaysMilliseconds[attempts - 1];
    if (delay !== undefined && attempts <= definition.asynchronous.maximumRetryAttempts)
      this.#postpone({ ...event, attempts }, delay);
    else await this.#fail(definition, { ...event, attempts }, 'RetriesExhausted', outcome.payload);
  }

  async #fail(
    definition: FunctionDefinition,
    event: Row,
    condition: Failure['condition'],
    outcome: string | null,
  ): Promise<void> {
    this.#options.store
      .prepare('UPDATE lambda_events SET attempts = ?, condition = ?, outcome = ? WHERE id = ?')
      .run(event.attempts, condition, outcome, event.id);
    await this.#handOn(definition, { ...event, condition, outcome });
  }

  async #handOn(definition: FunctionDefinition, event: Row): Promise<void> {
    try {
      await this.#options.sendFailure(definition, {
        id: event.id,
        payload: event.payload,
        attempts: event.attempts,
        condition: event.condition ?? 'RetriesExhausted',
        outcome: event.outcome,
      });
      this.#delete(event.id);
    } catch (error) {
      if (this.#closed) return;
      this.#options.log(`A failed event of ${definition.name} could not be handed on and waits: ${describe(error)}`);
      this.#postpone(event, destinationRetryMilliseconds);
    }
  }

  #age(event: Row): number {
    return this.#options.clock.now() - event.accepted_at;
  }

  #postpone(event: Row, delayMilliseconds: number): void {
    if (this.#closed) return;
    const dueAt = Math.round(this.#options.clock.now()) + delayMilliseconds;
    this.#options.store
      .prepare('UPDATE lambda_events SET attempts = ?, throttles = ?, due_at = ? WHERE id = ?')
      .run(event.attempts, event.throttles, dueAt, event.id);
    this.#schedule(event.id, dueAt);
  }

  #delete(id: string): void {
    this.#options.store.prepare('DELETE FROM lambda_events WHERE id = ?').run(id);
  }
}

/** How long an event waits that was not run, or could not be written down, so many times before. */
function backOffMilliseconds(times: number): number {
  return Math.min(1_000 * 2 ** times, longestBackOffMilliseconds);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
