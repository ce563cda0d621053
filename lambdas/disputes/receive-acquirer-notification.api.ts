import * as z from 'zod';
import { parseNotification } from '../../adapters/acquirers/simulated/parse-notification.ts';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoDisputeStore } from '../../adapters/dynamodb/dispute-store.ts';
import { dynamoExceptionBook } from '../../adapters/dynamodb/exception-book.ts';
import { disputeRoutes } from '../../contracts/disputes.ts';
import { recordDispute } from '../../core/disputes/record-dispute.ts';
import { recordLabel } from '../../core/fraud/record-label.ts';
import { paymentIdOfAuthorization } from '../../core/payments/payment.ts';
import { parsePublicKey } from '../../core/webhooks/verify-signature.ts';
import { labelDependencies } from '../fraud/label-dependencies.ts';
import { readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { ProblemError } from '../house/problem-error.ts';
import { signedHandler } from '../house/signed-handler.ts';

const environment = z.object({
  PAYMENTS_TABLE_NAME: z.string(),
  LOTS_TABLE_NAME: z.string(),
  DISPUTES_TABLE_NAME: z.string(),
  EXCEPTIONS_TABLE_NAME: z.string(),
  FRAUD_TABLE_NAME: z.string(),
  ACQUIRER_NOTIFICATION_KEYS: z.string().min(1),
  DISPUTE_FEE_BEARER: z.enum(['seller', 'platform']),
});
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const keys = settings.ACQUIRER_NOTIFICATION_KEYS.split(' ').map(parsePublicKey);
const dependencies = {
  store: dynamoDisputeStore(client, {
    paymentsTableName: settings.PAYMENTS_TABLE_NAME,
    lotsTableName: settings.LOTS_TABLE_NAME,
    disputesTableName: settings.DISPUTES_TABLE_NAME,
  }),
  exceptions: dynamoExceptionBook(client, settings.EXCEPTIONS_TABLE_NAME),
  feeBearer: settings.DISPUTE_FEE_BEARER,
};

const labels = labelDependencies(settings);

/** A reference that is none of ours is told of something that is none of ours. */
async function keepFraudNotice(notice: { readonly authorizationReference: string; readonly reportedAt: string }) {
  const paymentId = paymentIdOfAuthorization(notice.authorizationReference);
  const label = { source: 'fraud_notice', isFraud: true, knownAt: notice.reportedAt } as const;
  const kept = paymentId === undefined ? 'paymentUnknown' : await recordLabel(labels, { paymentId, ...label });
  if (kept === 'paymentUnknown') log.warn('fraud notice of a stranger', { reference: notice.authorizationReference });
}

export const handler = signedHandler(disputeRoutes.receiveAcquirerNotification, keys, async (body, now) => {
  const parsed = parseNotification(body);
  if (parsed.kind === 'unreadable') throw new ProblemError('invalid_request', 'It is not a notification that we know.');
  if (parsed.kind === 'other') return;
  if (parsed.kind === 'fraudNotice') return keepFraudNotice(parsed);
  const result = await recordDispute(dependencies, parsed.notice, now);
  switch (result.kind) {
    case 'recorded':
    case 'known':
      break;
    case 'exception':
      log.warn('dispute does not fit', { finding: result.finding });
      break;
    case 'captureUnderWay':
      throw new ProblemError('capture_under_way', 'What became of the capture is not known here yet; tell it again.');
  }
});
