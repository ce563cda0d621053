import type {
  Acquirer,
  CancelsByReference,
  CancelsMovements,
  CapturesAuthorizations,
  LooksUpByReference,
  LooksUpMovements,
  RefundsPayments,
  SettlesDaily,
} from '../../../core/payments/acquirer.ts';
import { parseBaseUrl } from '../base-url.ts';
import { authorize } from './authorize.ts';
import { cancelMovement } from './cancel-movement.ts';
import { cancel } from './cancel.ts';
import { capture } from './capture.ts';
import type { Connection } from './connection.ts';
import { lookUpMovement } from './look-up-movement.ts';
import { lookUp } from './look-up.ts';
import { refund } from './refund.ts';
import { settlementFile } from './settlement-file.ts';

export interface SimulatedAcquirerOptions extends Partial<Omit<Connection, 'baseUrl'>> {
  readonly baseUrl: string;
}

export type SimulatedAcquirer = Acquirer &
  LooksUpByReference &
  CancelsByReference &
  CapturesAuthorizations &
  RefundsPayments &
  LooksUpMovements &
  CancelsMovements &
  SettlesDaily;

/**
 * The acquirer of simulators/acquirer. Time-outs are 8 s for what holds or moves money, 5 s for a look-up and a
 * cancellation, and 20 s for a settlement file unless given. Throws a TypeError when the base URL is none.
 */
export function simulatedAcquirer(options: SimulatedAcquirerOptions): SimulatedAcquirer {
  const connection: Connection = {
    authorizeTimeoutMilliseconds: 8_000,
    moveTimeoutMilliseconds: 8_000,
    lookUpTimeoutMilliseconds: 5_000,
    cancelTimeoutMilliseconds: 5_000,
    settlementTimeoutMilliseconds: 20_000,
    ...options,
    baseUrl: parseBaseUrl(options.baseUrl),
  };
  return {
    name: 'simulated',
    authorize: (request) => authorize(connection, request),
    lookUp: (reference) => lookUp(connection, reference),
    cancel: (reference) => cancel(connection, reference),
    capture: (request) => capture(connection, request),
    refund: (request) => refund(connection, request),
    lookUpMovement: (reference) => lookUpMovement(connection, reference),
    cancelMovement: (reference) => cancelMovement(connection, reference),
    settlementFile: (date) => settlementFile(connection, date),
  };
}
