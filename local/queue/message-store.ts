import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../kernel/json.ts';
import type { Store } from '../kernel/store.ts';
import { messageAttributes } from './message-attributes.ts';
import type { MessageAttributes } from './message-attributes.ts';
import type { Queue } from './queue-definition.ts';

export interface NewMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly systemAttributes: MessageAttributes;
  readonly senderId: string;
  readonly delaySeconds: number;
}

const storedMessage = z.object({
  messageId: z.string(),
  body: z.string(),
  attributes: z.string().transform((text) => messageAttributes.parse(parseJson(text))),
  systemAttributes: z.string().transform((text) => messageAttributes.parse(parseJson(text))),
  senderId: z.string(),
  sentAt: z.number(),
  receiveCount: z.number(),
  firstReceivedAt: z.number().nullable(),
  receipt: z.string().nullable(),
  deadLetterSource: z.string().nullable(),
});
export type StoredMessage = z.infer<typeof storedMessage>;

const counts = z.object({ visible: z.number(), inFlight: z.number(), delayed: z.number() });
const nextRow = z.object({ nextAt: z.number().nullable() });

/**
 * Messages on disk; every change is durable when its method returns. Times are milliseconds since the epoch. A
 * received message carries a receipt of its own: an older one neither deletes it nor moves its visibility.
 */
export class MessageStore {
  readonly #store: Store;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(store: Store) {
    this.#store = store;
    store.exec(`
      CREATE TABLE IF NOT EXISTS queue_messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, messageId TEXT NOT NULL, body TEXT NOT NULL,
        attributes TEXT NOT NULL, systemAttributes TEXT NOT NULL, senderId TEXT NOT NULL, sentAt INTEGER NOT NULL,
        visibleAt INTEGER NOT NULL, receiveCount INTEGER NOT NULL, firstReceivedAt INTEGER, receipt TEXT,
        deadLetterSource TEXT
      ) STRICT;
      CREATE INDEX IF NOT EXISTS queue_messages_by_visibility ON queue_messages (queue, visibleAt, id);
      CREATE INDEX IF NOT EXISTS queue_messages_by_age ON queue_messages (queue, sentAt);
      CREATE INDEX IF NOT EXISTS queue_messages_by_receipt ON queue_messages (receipt) WHERE receipt IS NOT NULL;
    `);
    this.#statements = prepare(store);
  }

  /** Stores all messages, or none of them. */
  send(queue: Queue, messages: readonly NewMessage[], now: number): void {
    this.#atomically(() => {
      for (const message of messages) {
        this.#statements.insert.run(
          ...[queue.name, message.messageId, message.body, JSON.stringify(message.attributes)],
          ...[JSON.stringify(message.systemAttributes), message.senderId, now, now + message.delaySeconds * 1000],
        );
      }
    });
  }

  /** Hands out up to `limit` visible messages and hides them for the time given. */
  receive(queue: Queue, limit: number, visibilityTimeoutSeconds: number, now: number): readonly StoredMessage[] {
    const visibleAgainAt = now + visibilityTimeoutSeconds * 1000;
    return this.#atomically(() =>
      this.#statements.selectVisible.all(queue.name, now, limit).map(({ id }) => {
        const row = this.#statements.hide.get(visibleAgainAt, now, randomUUID(), z.number().parse(id));
        return storedMessage.parse(row);
      }),
    );
  }

  /** Moves what was received too often to the dead-letter queue. Answers how many messages. */
  redrive(queue: Queue, deadLetterQueue: Queue, maximumReceives: number, now: number): number {
    const moved = this.#statements.redrive.run(deadLetterQueue.name, now, queue.arn, queue.name, now, maximumReceives);
    return Number(moved.changes);
  }

  /** Deletes what is older than the queue keeps. */
  expire(queue: Queue, now: number): void {
    this.#statements.expire.run(queue.name, now - queue.retentionSeconds * 1000);
  }

  /** Deletes a message by the receipt under which it was received last; an older receipt changes nothing. */
  delete(queue: Queue, receipt: string): void {
    this.#statements.delete.run(queue.name, receipt);
  }

  /** Shows a message again after a time. Answers false when the receipt is not that of a message in flight. */
  changeVisibility(queue: Queue, receipt: string, timeoutSeconds: number, now: number): boolean {
    return this.#statements.changeVisibility.run(now + timeoutSeconds * 1000, queue.name, receipt, now).changes > 0;
  }

  purge(queue: Queue): void {
    this.#statements.purge.run(queue.name);
  }

  count(queue: Queue, now: number): z.infer<typeof counts> {
    return counts.parse(this.#statements.count.get(now, now, now, queue.name));
  }

  /** When the next hidden message is visible again, if there is one. */
  nextVisibleAt(queue: Queue, now: number): number | undefined {
    return nextRow.parse(this.#statements.next.get(queue.name, now)).nextAt ?? undefined;
  }

  #atomically<T>(change: () => T): T {
    this.#store.exec('BEGIN IMMEDIATE');
    try {
      const result = change();
      this.#store.exec('COMMIT');
      return result;
    } catch (error) {
      this.#store.exec('ROLLBACK');
      throw error;
    }
  }
}

function prepare(store: Store) {
  return {
    insert: store.prepare(
      `INSERT INTO queue_messages
       (queue, messageId, body, attributes, systemAttributes, senderId, sentAt, visibleAt, receiveCount)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
    ),
    selectVisible: store.prepare(
      'SELECT id FROM queue_messages WHERE queue = ? AND visibleAt <= ? ORDER BY visibleAt, id LIMIT ?',
    ),
    hide: store.prepare(
      `UPDATE queue_messages SET visibleAt = ?, receiveCount = receiveCount + 1,
         firstReceivedAt = COALESCE(firstReceivedAt, ?), receipt = ? WHERE id = ? RETURNING *`,
    ),
    redrive: store.prepare(
      `UPDATE queue_messages SET queue = ?, visibleAt = ?, receiveCount = 0, receipt = NULL, firstReceivedAt = NULL,
         deadLetterSource = ? WHERE queue = ? AND visibleAt <= ? AND receiveCount >= ?`,
    ),
    expire: store.prepare('DELETE FROM queue_messages WHERE queue = ? AND sentAt <= ?'),
    delete: store.prepare('DELETE FROM queue_messages WHERE queue = ? AND receipt = ?'),
    changeVisibility: store.prepare(
      'UPDATE queue_messages SET visibleAt = ? WHERE queue = ? AND receipt = ? AND visibleAt > ?',
    ),
    purge: store.prepare('DELETE FROM queue_messages WHERE queue = ?'),
    count: store.prepare(
      `SELECT COUNT(*) FILTER (WHERE visibleAt <= ?) AS visible,
         COUNT(*) FILTER (WHERE visibleAt > ? AND receiveCount > 0) AS inFlight,
         COUNT(*) FILTER (WHERE visibleAt > ? AND receiveCount = 0) AS delayed
       FROM queue_messages WHERE queue = ?`,
    ),
    next: store.prepare('SELECT MIN(visibleAt) AS nextAt FROM queue_messages WHERE queue = ? AND visibleAt > ?'),
  };
}
