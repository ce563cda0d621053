import type { Dispute } from '../../contracts/disputes.ts';
import type { Exception } from '../../contracts/exceptions.ts';
import type { LedgerEntry, TrialBalance } from '../../contracts/ledger.ts';
import { listCall } from './list.ts';
import type { Guard, Send } from './transport.ts';
import { has } from './transport.ts';

/** What operators ask for. */
export function operatorsCalls(send: Send) {
  return {
    /** What does not fit about money; filters are `state`, `kind`, `from`, `to`. */
    listExceptions: (filters: Readonly<Record<string, string>> = {}) =>
      send(listCall<Exception>('/v1/exceptions', filters)),
    /** Disputes, the newest first; filters are `state`, `paymentId`. */
    listDisputes: (filters: Readonly<Record<string, string>> = {}) => send(listCall<Dispute>('/v1/disputes', filters)),
    getDispute: (id: string): Promise<Dispute> =>
      send({ method: 'GET', path: `/v1/disputes/${id}`, expect: isDispute }),
    /** What every account came to: of everything, at the end of a day (`2026-11-25`), or at a moment. */
    getTrialBalance: (asOf?: string): Promise<TrialBalance> =>
      send({
        method: 'GET',
        path: `/v1/ledger/trial-balance${asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`}`,
        expect: isTrialBalance,
      }),
    /** The postings of an account, oldest first: `from`, `to` (days), `sellerId`, `limit`, `cursor`. */
    listAccountEntries: (account: string, filters: Readonly<Record<string, string>> = {}) =>
      send(listCall<LedgerEntry>(`/v1/ledger/accounts/${account}/entries`, filters)),
  };
}

const isDispute: Guard<Dispute> = (answer): answer is Dispute => has(answer, 'object') && answer.object === 'dispute';
const isTrialBalance: Guard<TrialBalance> = (answer): answer is TrialBalance =>
  has(answer, 'object') && answer.object === 'trial_balance';
