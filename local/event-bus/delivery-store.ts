import * as z from 'zod';
import type { Store } from '../kernel/store.ts';

export interface NewDelivery {
  /** The target's key. */
  readonly target: string;
  /** The event as a dead letter would show it, JSON text. */
  readonly event: string;
  /** What the target receives, JSON text; the event itself when it is left out. */
  readonly input?: string | undefined;
  /** The name of the workflow run that the delivery starts, if it starts one: the same on every attempt. */
  readonly executionName: string;
}

const row = z.object({
  id: z.number(),
  target: z.string(),
  event: z.string(),
  input: z.string().nullable(),
  executionName: z.string(),
  acceptedAt: z.number(),
  attempts: z.number(),
  errorCode: z.string(),
  errorMessage: z.string(),
  givenUp: z.enum(['no', 'notRetryable', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds']),
});

export interface Delivery extends Pick<
  z.infer<typeof row>,
  'id' | 'target' | 'event' | 'executionName' | 'acceptedAt'
> {
  readonly input: string;
  readonly attempts: number;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Set when only the dead-letter queue is still to be reached; null when the error was not to be retried. */
  readonly exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | null;
}

const next = z.object({ dueAt: z.number().nullable() });

/** Deliveries on disk, those of one service. Times are milliseconds since the epoch. */
export class DeliveryStore {
  readonly #store: Store;
  readonly #service: string;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(store: Store, service: string) {
    this.#store = store;
    this.#service = service;
    store.exec(`
      CREATE TABLE IF NOT EXISTS deliveries (
        id INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, target TEXT NOT NULL, event TEXT NOT NULL,
        input TEXT, executionName TEXT NOT NULL, acceptedAt INTEGER NOT NULL, dueAt INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, errorCode TEXT NOT NULL DEFAULT '', errorMessage TEXT NOT NULL DEFAULT '',
        givenUp TEXT NOT NULL DEFAULT 'no'
      ) STRICT;
      CREATE INDEX IF NOT EXISTS deliveries_by_due_time ON deliveries (service, dueAt, id);
    `);
    this.#statements = prepare(store);
  }

  add(deliveries: readonly NewDelivery[], now: number, also: () => void): void {
    this.#atomically(() => {
      for (const { target, event, input, executionName } of deliveries) {
        this.#statements.insert.run(this.#service, target, event, input ?? null, executionName, now, now);
      }
      also();
    });
  }

  due(now: number, limit: number): readonly Delivery[] {
    return this.#statements.due.all(this.#service, now, limit).map((found) => {
      const { input, givenUp, ...rest } = row.parse(found);
      const delivery = { ...rest, input: input ?? rest.event };
      if (givenUp === 'no') return delivery;
      return { ...delivery, exhausted: givenUp === 'notRetryable' ? null : givenUp };
    });
  }

  nextDueAfter(now: number): number | undefined {
    return next.parse(this.#statements.next.get(this.#service, now)).dueAt ?? undefined;
  }

  postpone({ attempts, errorCode, errorMessage, id }: Delivery, dueAt: number): void {
    this.#statements.postpone.run(attempts, errorCode, errorMessage, dueAt, id);
  }

  /** Marks a delivery as given up, so that a kill before its dead letter is sent does not begin it anew. */
  exhaust(delivery: Delivery, now: number): void {
    this.postpone(delivery, now);
    this.#statements.exhaust.run(delivery.exhausted ?? 'notRetryable', delivery.id);
  }

  remove(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.#atomically(() => {
      for (const id of ids) this.#statements.remove.run(id);
    });
  }

  #atomically(change: () => void): void {
    this.#store.exec('BEGIN IMMEDIATE');
    try {
      change();
      this.#store.exec('COMMIT');
    } catch (error) {
      this.#store.exec('ROLLBACK');
      throw error;
    }
  }
}

function prepare(store: Store) {
  return {
    insert: store.prepare(
      `INSERT INTO deliveries (service, target, event, input, executionName, acceptedAt, dueAt)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    due: store.prepare('SELECT * FROM deliveries WHERE service = ? AND dueAt <= ? ORDER BY dueAt, id LIMIT ?'),
    next: store.prepare('SELECT MIN(dueAt) AS dueAt FROM deliveries WHERE service = ? AND dueAt > ?'),
    postpone: store.prepare(
      'UPDATE deliveries SET attempts = ?, errorCode = ?, errorMessage = ?, dueAt = ? WHERE id = ?',
    ),
    exhaust: store.prepare('UPDATE deliveries SET givenUp = ? WHERE id = ?'),
    remove: store.prepare('DELETE FROM deliveries WHERE id = ?'),
  };
}
