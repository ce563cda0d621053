import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { parseJson } from '../kernel/json.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Store } from '../kernel/store.ts';
import type { TokenAnswer, TokenListener, Tokens } from './interpreter/tokens.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS states_tokens (
    token TEXT PRIMARY KEY, executionArn TEXT NOT NULL, stateMachineArn TEXT NOT NULL, heardAt REAL NOT NULL, answer TEXT,
    closed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS states_tokens_by_execution ON states_tokens (executionArn);
`;

const row = z.object({
  stateMachineArn: z.string(),
  heardAt: z.number(),
  answer: z.string().nullable(),
  closed: z.number(),
  status: z.string().nullable(),
});
/** Written by this class alone, as JSON. */
const answer = z.custom<TokenAnswer>((value) => typeof value === 'object' && value !== null);

/**
 * Task tokens of Standard executions: written down before a task is called with one. An answer is written down before
 * whoever gave it hears so, and a run that was not there takes it up when it goes on.
 */
export class TaskTokens {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #listeners = new Map<string, TokenListener>();

  constructor(store: Store, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#clock = clock;
    store.exec(schema);
  }

  /** The tokens of one execution, for its run. */
  of({ executionArn, stateMachineArn }: { readonly executionArn: string; readonly stateMachineArn: string }): Tokens {
    return {
      open: () => {
        const token = randomBytes(48).toString('base64url');
        this.#store
          .prepare('INSERT INTO states_tokens (token, executionArn, stateMachineArn, heardAt) VALUES (?, ?, ?, ?)')
          .run(token, executionArn, stateMachineArn, this.#clock.now());
        return token;
      },
      listen: (token, listener) => {
        const found = this.#find(token);
        if (found) listener.heard(found.heardAt);
        if (typeof found?.answer === 'string') listener.answered(answer.parse(parseJson(found.answer)));
        this.#listeners.set(token, listener);
        return () => void this.#listeners.delete(token);
      },
      close: (token) => void this.#store.prepare('UPDATE states_tokens SET closed = 1 WHERE token = ?').run(token),
    };
  }

  /** Whose token it is; undefined for none. */
  stateMachineOf(token: string): string | undefined {
    return this.#find(token)?.stateMachineArn;
  }

  /** Answers a waiting task. Throws InvalidToken for no token, TaskTimedOut when nobody waits for it any more. */
  answer(token: string, given: TokenAnswer): void {
    this.#requireWaiting(token);
    this.#store.prepare('UPDATE states_tokens SET answer = ? WHERE token = ?').run(JSON.stringify(given), token);
    this.#listeners.get(token)?.answered(given);
  }

  /** Says that a waiting task is still worked at. Throws as `answer` does. */
  heartbeat(token: string): void {
    this.#requireWaiting(token);
    const now = this.#clock.now();
    this.#store.prepare('UPDATE states_tokens SET heardAt = ? WHERE token = ?').run(now, token);
    this.#listeners.get(token)?.heard(now);
  }

  /** Forgets the tokens of executions that are forgotten. */
  forgetOrphans(): void {
    this.#store.exec(
      'DELETE FROM states_tokens WHERE executionArn NOT IN (SELECT executionArn FROM states_executions)',
    );
  }

  #requireWaiting(token: string): void {
    const found = this.#find(token);
    if (!found) throw new AwsError('InvalidToken', `Invalid Token: 'Invalid token'`);
    if (found.status !== 'RUNNING' || found.closed === 1 || found.answer !== null) {
      throw new AwsError('TaskTimedOut', `Task Timed Out: 'Provided task does not exist anymore'`);
    }
  }

  #find(token: string): z.infer<typeof row> | undefined {
    const sql = `SELECT states_tokens.stateMachineArn, heardAt, answer, closed, status FROM states_tokens
      LEFT JOIN states_executions USING (executionArn) WHERE token = ?`;
    return row.optional().parse(this.#store.prepare(sql).get(token));
  }
}
