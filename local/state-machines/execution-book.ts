import type { SQLInputValue, StatementSync } from 'node:sqlite';
import * as z from 'zod';
import type { Store } from '../kernel/store.ts';
import type { CheckedDefinitions } from './check-definition.ts';
import { executionStatuses } from './execution.ts';
import type { ExecutionEvent, ExecutionStatus, Outcome } from './execution.ts';
import { frame } from './interpreter/frame.ts';
import type { Frame } from './interpreter/frame.ts';

const row = z.object({
  executionArn: z.string(),
  stateMachineArn: z.string(),
  name: z.string(),
  roleArn: z.string(),
  definitionHash: z.string(),
  status: z.enum(executionStatuses),
  input: z.string(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  stoppedAt: z.number().nullable(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  cause: z.string().nullable(),
});

/** A Standard execution as it is written down. */
export type ExecutionRow = z.infer<typeof row>;

export interface ListQuery {
  readonly stateMachineArn?: string | undefined;
  readonly status?: ExecutionStatus | undefined;
  /** Only what comes after this one in the list, which begins with the newest. */
  readonly after?: { readonly startedAt: number; readonly executionArn: string } | undefined;
  readonly limit: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS states_executions (
    executionArn TEXT PRIMARY KEY, stateMachineArn TEXT NOT NULL, name TEXT NOT NULL, roleArn TEXT NOT NULL,
    definitionHash TEXT NOT NULL, status TEXT NOT NULL, input TEXT NOT NULL, startedAt REAL NOT NULL, stoppedAt REAL,
    output TEXT, error TEXT, cause TEXT);
  CREATE INDEX IF NOT EXISTS states_executions_by_start ON states_executions (startedAt DESC, executionArn);
  CREATE INDEX IF NOT EXISTS states_executions_running ON states_executions (status) WHERE status = 'RUNNING';
  CREATE TABLE IF NOT EXISTS states_frames (
    executionArn TEXT NOT NULL, path TEXT NOT NULL, frame TEXT NOT NULL, PRIMARY KEY (executionArn, path)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS states_events (
    executionArn TEXT NOT NULL, number INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (executionArn, number)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS states_definitions (hash TEXT PRIMARY KEY, definition TEXT, checked INTEGER NOT NULL DEFAULT 0);
`;
const text = z.object({ text: z.string() });
/** Written by this class alone, as JSON. */
const event = z.custom<ExecutionEvent>((value) => typeof value === 'object' && value !== null);

/** The book of Standard executions. Each method is one transaction: a kill leaves all of it or nothing. */
export class ExecutionBook implements CheckedDefinitions {
  readonly #store: Store;
  readonly #statements = new Map<string, StatementSync>();

  constructor(store: Store) {
    this.#store = store;
    store.exec(schema);
  }

  insert(execution: ExecutionRow, definition: string, first: Frame, events: readonly ExecutionEvent[]): void {
    this.#transaction(() => {
      const { executionArn } = execution;
      this.#run(
        `INSERT INTO states_definitions (hash, definition) VALUES (?, ?)
         ON CONFLICT (hash) DO UPDATE SET definition = excluded.definition WHERE definition IS NULL`,
        execution.definitionHash,
        definition,
      );
      this.#run(
        `INSERT INTO states_executions (executionArn, stateMachineArn, name, roleArn, definitionHash, status, input, startedAt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[executionArn, execution.stateMachineArn, execution.name, execution.roleArn, execution.definitionHash],
        ...[execution.status, execution.input, execution.startedAt],
      );
      this.#putFrame(executionArn, first);
      this.#putEvents(executionArn, 0, events);
    });
  }

  /** Writes where a strand is, and the events since the last time, which are numbered from `firstNumber`. */
  save(
    executionArn: string,
    saved: Frame,
    branches: 'keep' | 'forget',
    firstNumber: number,
    events: readonly ExecutionEvent[],
  ): void {
    this.#transaction(() => {
      if (branches === 'forget') {
        this.#run(`DELETE FROM states_frames WHERE executionArn = ? AND path LIKE ?`, executionArn, `${saved.path}/%`);
      }
      this.#putFrame(executionArn, saved);
      this.#putEvents(executionArn, firstNumber, events);
    });
  }

  /** Ends a running execution; of one that has ended already nothing changes. */
  finish(
    executionArn: string,
    outcome: Outcome,
    stoppedAt: number,
    firstNumber: number,
    events: readonly ExecutionEvent[],
  ): void {
    this.#transaction(() => {
      const succeeded = outcome.status === 'SUCCEEDED';
      this.#run(
        `UPDATE states_executions SET status = ?, stoppedAt = ?, output = ?, error = ?, cause = ?
         WHERE executionArn = ? AND status = 'RUNNING'`,
        outcome.status,
        stoppedAt,
        succeeded ? JSON.stringify(outcome.output) : null,
        succeeded ? null : (outcome.error ?? null),
        succeeded ? null : (outcome.cause ?? null),
        executionArn,
      );
      this.#run('DELETE FROM states_frames WHERE executionArn = ?', executionArn);
      this.#putEvents(executionArn, firstNumber, events);
    });
  }

  find(executionArn: string): ExecutionRow | undefined {
    return row
      .optional()
      .parse(this.#statement('SELECT * FROM states_executions WHERE executionArn = ?').get(executionArn));
  }

  running(): readonly ExecutionRow[] {
    return z
      .array(row)
      .parse(this.#statement(`SELECT * FROM states_executions WHERE status = 'RUNNING' ORDER BY startedAt`).all());
  }

  list({ stateMachineArn, status, after, limit }: ListQuery): readonly ExecutionRow[] {
    const conditions: [string, ...SQLInputValue[]][] = [];
    if (stateMachineArn !== undefined) conditions.push(['stateMachineArn = ?', stateMachineArn]);
    if (status !== undefined) conditions.push(['status = ?', status]);
    if (after) {
      const { startedAt, executionArn } = after;
      conditions.push(['(startedAt < ? OR (startedAt = ? AND executionArn > ?))', startedAt, startedAt, executionArn]);
    }
    const where = ['TRUE', ...conditions.map(([condition]) => condition)].join(' AND ');
    const sql = `SELECT * FROM states_executions WHERE ${where} ORDER BY startedAt DESC, executionArn LIMIT ?`;
    const values = conditions.flatMap(([, ...bound]) => bound);
    return z.array(row).parse(this.#statement(sql).all(...values, limit));
  }

  frames(executionArn: string): ReadonlyMap<string, Frame> {
    const rows = this.#statement('SELECT frame AS text FROM states_frames WHERE executionArn = ?').all(executionArn);
    const frames = z
      .array(text)
      .parse(rows)
      .map((found) => frame.parse(JSON.parse(found.text)));
    return new Map(frames.map((found) => [found.path, found]));
  }

  events(executionArn: string): readonly ExecutionEvent[] {
    const rows = this.#statement('SELECT event AS text FROM states_events WHERE executionArn = ? ORDER BY number').all(
      executionArn,
    );
    return z
      .array(text)
      .parse(rows)
      .map((found) => event.parse(JSON.parse(found.text)));
  }

  definition(hash: string): string | undefined {
    const found = this.#statement(
      'SELECT definition AS text FROM states_definitions WHERE hash = ? AND definition IS NOT NULL',
    ).get(hash);
    return text.optional().parse(found)?.text;
  }

  isChecked(hash: string): boolean {
    return this.#statement('SELECT 1 FROM states_definitions WHERE hash = ? AND checked = 1').get(hash) !== undefined;
  }

  markChecked(hash: string): void {
    this.#run(
      'INSERT INTO states_definitions (hash, checked) VALUES (?, 1) ON CONFLICT (hash) DO UPDATE SET checked = 1',
      hash,
    );
  }

  /** Forgets executions that ended before a time, and with them their names. */
  forgetEndedBefore(time: number): void {
    this.#transaction(() => {
      const ended = 'SELECT executionArn FROM states_executions WHERE stoppedAt < ?';
      this.#run(`DELETE FROM states_events WHERE executionArn IN (${ended})`, time);
      this.#run('DELETE FROM states_executions WHERE stoppedAt < ?', time);
    });
  }

  #putFrame(executionArn: string, saved: Frame): void {
    const sql = `INSERT INTO states_frames (executionArn, path, frame) VALUES (?, ?, ?)
      ON CONFLICT (executionArn, path) DO UPDATE SET frame = excluded.frame`;
    this.#run(sql, executionArn, saved.path, JSON.stringify(saved));
  }

  #putEvents(executionArn: string, firstNumber: number, events: readonly ExecutionEvent[]): void {
    for (const [index, one] of events.entries()) {
      const sql = 'INSERT INTO states_events (executionArn, number, event) VALUES (?, ?, ?)';
      this.#run(sql, executionArn, firstNumber + index, JSON.stringify(one));
    }
  }

  #transaction(work: () => void): void {
    this.#store.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#store.exec('COMMIT');
    } catch (error) {
      this.#store.exec('ROLLBACK');
      throw error;
    }
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#store.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
