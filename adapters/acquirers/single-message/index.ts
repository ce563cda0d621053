import type {
  Acquirer,
  CancelsByReference,
  CancelsMovements,
  RefundsPayments,
} from '../../../core/payments/acquirer.ts';
import { parseBaseUrl } from '../base-url.ts';
import { authorize } from './authorize.ts';
import { cancelMovement } from './cancel-movement.ts';
import { cancel } from './cancel.ts';
import type { Connection } from './connection.ts';
import { refund } from './refund.ts';

export interface SingleMessageAcquirerOptions extends Partial<Omit<Connection, 'baseUrl'>> {
  readonly baseUrl: string;
}

export type SingleMessageAcquirer = Acquirer & CancelsByReference & RefundsPayments & CancelsMovements;

/**
 * The acquirer of simulators/acquirer-single-message: an authorization is a sale that captures at once, so there are
 * no captures, and there is no look-up. Time-outs are 8 s for every call unless given, because it is slow. Throws a TypeError when the
 * base URL is none.
 */
export function singleMessageAcquirer(options: SingleMessageAcquirerOptions): SingleMessageAcquirer {
  const connection: Connection = {
    authorizeTimeoutMilliseconds: 8_000,
    refundTimeoutMilliseconds: 8_000,
    cancelTimeoutMilliseconds: 8_000,
    ...options,
    baseUrl: parseBaseUrl(options.baseUrl),
  };
  return {
    name: 'single-message',
    authorize: (request) => authorize(connection, request),
    cancel: (reference) => cancel(connection, reference),
    refund: (request) => refund(connection, request),
    cancelMovement: (reference) => cancelMovement(connection, reference),
  };
}
