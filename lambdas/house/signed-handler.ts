import type { KeyObject } from 'node:crypto';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Route } from '../../contracts/route.ts';
import { isAuthentic } from '../../core/webhooks/verify-signature.ts';
import { parseBody } from './parse-body.ts';
import { problemDetails } from './problem-details.ts';
import { ProblemError } from './problem-error.ts';
import { requestLog } from './request-log.ts';

/** Far more than a notification has; who sends more is refused before anything is verified. */
const largestBodyBytes = 64 * 1024;

/**
 * The chain of a handler that a partner calls, who signs instead of bearing a token. The signature is verified over the
 * bytes as they were sent, before anybody parses them. Whatever is wrong with it is answered alike, so that nobody learns
 * from us how to forge one.
 */
export function signedHandler(
  route: Route,
  keys: readonly KeyObject[],
  take: (body: unknown, now: Date) => Promise<void>,
) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(requestLog(route))
    .use(problemDetails())
    .handler(async (event) => {
      const now = new Date(event.requestContext.timeEpoch);
      const body = bytesOf(event);
      const { headers } = event;
      const message = {
        ...{ id: headers['webhook-id'], timestamp: headers['webhook-timestamp'], body },
        signature: headers['webhook-signature'],
      };
      if (body.length > largestBodyBytes || !isAuthentic(message, keys, now)) {
        throw new ProblemError('notification_not_authentic', 'The signature does not fit, or it is not fresh.');
      }
      await take(parseBody(event.body, event.isBase64Encoded), now);
      return { statusCode: 204 };
    });
}

/** API Gateway encodes what it does not hold for text. */
function bytesOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer {
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}
