import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Answer } from '../house/server.ts';
import { Refusal } from '../house/server.ts';
import { describeError, reference } from './api.ts';
import type { AcquirerBooks } from './books.ts';

const noticeBody = z.strictObject({ authorizationReference: reference });

/** POST /fraud-notices: an issuer reports an authorization as fraud, long before or without any dispute. It moves nothing. */
export function reportFraud(books: AcquirerBooks, body: unknown, now: number): Answer {
  const { authorizationReference } = parseOrRefuse(noticeBody, body, describeError);
  return books.atomically(() => {
    const found = books.authorizations.find(authorizationReference);
    if (found?.state !== 'approved')
      throw new Refusal(404, describeError(404, 'no approved authorization has this reference'));
    const notice = {
      id: `fraud-${randomBytes(10).toString('hex')}`,
      authorizationReference,
      reportedAt: new Date(now).toISOString(),
    };
    const message = { type: 'fraud_notice.created', timestamp: notice.reportedAt, data: notice };
    books.notifications.add(`msg_${randomBytes(15).toString('base64url')}`, JSON.stringify(message), Math.round(now));
    return { status: 201, body: notice };
  });
}
