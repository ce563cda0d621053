import type { Acquirer, CancelsByReference, LooksUpByReference } from '../../../core/payments/acquirer.ts';
import { parseBaseUrl } from '../base-url.ts';
import { authorize } from './authorize.ts';
import { cancel } from './cancel.ts';
import type { Connection } from './connection.ts';
import { lookUp } from './look-up.ts';

export interface SimulatedAcquirerOptions extends Partial<Omit<Connection, 'baseUrl'>> {
  readonly baseUrl: string;
}

export type SimulatedAcquirer = Acquirer & LooksUpByReference & CancelsByReference;

/**
 * The acquirer of simulators/acquirer. Time-outs are 8 s for an authorization and 5 s for a look-up and a cancellation
 * unless given. Throws a TypeError when the base URL is none.
 */
export function simulatedAcquirer(options: SimulatedAcquirerOptions): SimulatedAcquirer {
  const connection: Connection = {
    authorizeTimeoutMilliseconds: 8_000,
    lookUpTimeoutMilliseconds: 5_000,
    cancelTimeoutMilliseconds: 5_000,
    ...options,
    baseUrl: parseBaseUrl(options.baseUrl),
  };
  return {
    name: 'simulated',
    authorize: (request) => authorize(connection, request),
    lookUp: (reference) => lookUp(connection, reference),
    cancel: (reference) => cancel(connection, reference),
  };
}
