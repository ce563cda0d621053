import * as z from 'zod';
import type { Answer } from '../house/server.ts';
import { Refusal } from '../house/server.ts';
import { describeError } from './api.ts';
import type { AcquirerBooks } from './books.ts';
import type { Postman } from './postman.ts';

/** GET /notifications: everything that was to be told, the oldest first. */
export function listNotifications(books: AcquirerBooks): Answer {
  const data = books.notifications.list().map(({ id, body, attempts, nextAttemptAt }) => ({
    id,
    attempts,
    taken: nextAttemptAt === null,
    body: z.unknown().parse(JSON.parse(body)),
  }));
  return { status: 200, body: { data } };
}

/** POST /notifications/{id}/send: sends a message now, once more when it was taken before; answers the receiver's status. */
export async function sendNotification(books: AcquirerBooks, postman: Postman, id: string): Promise<Answer> {
  const message = books.notifications.find(id);
  if (!message) throw new Refusal(404, describeError(404, 'there is no such notification'));
  return { status: 200, body: { status: await postman.sendNow(message) } };
}
