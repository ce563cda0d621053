import type { Dispute } from '../../contracts/disputes.ts';
import type { Exception } from '../../contracts/exceptions.ts';
import type { FraudListEntry, FraudReport, FraudSettings } from '../../contracts/fraud.ts';
import type { FraudModelComparison, FraudModels } from '../../contracts/fraud-models.ts';
import type { LedgerEntry, TrialBalance } from '../../contracts/ledger.ts';
import type { Review } from '../../contracts/reviews.ts';
import { listCall } from './list.ts';
import type { Guard, Send } from './transport.ts';
import { has } from './transport.ts';

export type SetFraudSettings = Pick<FraudSettings, 'limits' | 'costs' | 'reviewDefault' | 'version'>;

export interface CreateFraudListEntry {
  readonly about: 'card' | 'device' | 'buyer' | 'address';
  readonly verdict: 'block' | 'allow';
  /** Why, for colleagues. */
  readonly note: string;
  /** Whose card, device, buyer or address is meant; else `value` says it. */
  readonly paymentId?: string;
  readonly value?: string;
  /** RFC 3339 UTC. */
  readonly expiresAt?: string;
}

export interface CreateFraudModel {
  /** Where it comes from, for colleagues. */
  readonly note: string;
  /** The JSON of a model's file. */
  readonly file: Readonly<Record<string, unknown>>;
}

export interface ReviewDecision {
  readonly decision: 'approve' | 'decline';
  /** In a few words. */
  readonly reason: string;
  /** What colleagues should know. */
  readonly note?: string;
}

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
    /** Payments in doubt: filters are `state` (`open` unless given), `minScore`, `reason`, `sellerId`, `from`, `to`. */
    listReviews: (filters: Readonly<Record<string, string>> = {}) => send(listCall<Review>('/v1/reviews', filters)),
    getReview: (id: string): Promise<Review> => send({ method: 'GET', path: `/v1/reviews/${id}`, expect: isReview }),
    /** Keeps others off for half an hour; `review_claimed` while somebody else does, `review_decided` when it is too late. */
    claimReview: (id: string): Promise<Review> =>
      send({ method: 'POST', path: `/v1/reviews/${id}/claim`, expect: isReview }),
    /** Lets the payment go on or voids it; `review_decided` when somebody else was faster. */
    decideReview: (id: string, decision: ReviewDecision): Promise<Review> =>
      send({ method: 'POST', path: `/v1/reviews/${id}/decision`, body: decision, expect: isReview }),
    getFraudSettings: (): Promise<FraudSettings> =>
      send({ method: 'GET', path: '/v1/fraud-settings', expect: isFraudSettings }),
    /** Sets all of them; `version` is of those that were read, and `fraud_settings_changed` says that it is too old. */
    setFraudSettings: (settings: SetFraudSettings): Promise<FraudSettings> =>
      send({ method: 'PUT', path: '/v1/fraud-settings', body: settings, expect: isFraudSettings }),
    /** Who is blocked or allowed, the newest first; `limit`, `cursor`. */
    listFraudListEntries: (page: Readonly<Record<string, string>> = {}) =>
      send(listCall<FraudListEntry>('/v1/fraud-list-entries', page)),
    /** How the model did, day by day, the newest first; `limit`. */
    listFraudReports: (page: Readonly<Record<string, string>> = {}) =>
      send(listCall<FraudReport>('/v1/fraud-reports', page)),
    /** Which models score payments. */
    getFraudModels: (): Promise<FraudModels> =>
      send({ method: 'GET', path: '/v1/fraud-models', expect: isFraudModels }),
    /** Puts a model in as challenger: the file that `npm run model -- train` wrote. */
    createFraudModel: (model: CreateFraudModel): Promise<FraudModels> =>
      send({ method: 'POST', path: '/v1/fraud-models', body: model, expect: isFraudModels }),
    /** Champion and challenger on the payments of the last days; `no_challenger` when there is none. */
    compareFraudModels: (days = 7): Promise<FraudModelComparison> =>
      send({ method: 'GET', path: `/v1/fraud-models/comparison?days=${days}`, expect: isFraudModelComparison }),
    /** The challenger decides from now on. */
    promoteFraudModel: (id: string): Promise<FraudModels> =>
      send({ method: 'POST', path: `/v1/fraud-models/${id}/promote`, expect: isFraudModels }),
    /** Takes the promotion of this model back. */
    rollBackFraudModel: (id: string): Promise<FraudModels> =>
      send({ method: 'POST', path: `/v1/fraud-models/${id}/roll-back`, expect: isFraudModels }),
    createFraudListEntry: (entry: CreateFraudListEntry): Promise<FraudListEntry> =>
      send({ method: 'POST', path: '/v1/fraud-list-entries', body: entry, expect: isFraudListEntry }),
    deleteFraudListEntry: (id: string): Promise<undefined> =>
      send({ method: 'DELETE', path: `/v1/fraud-list-entries/${id}`, expect: isNothing }),
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

const isNothing: Guard<undefined> = (answer): answer is undefined => answer === undefined;
const isFraudSettings: Guard<FraudSettings> = (answer): answer is FraudSettings =>
  has(answer, 'object') && answer.object === 'fraud_settings';
const isFraudListEntry: Guard<FraudListEntry> = (answer): answer is FraudListEntry =>
  has(answer, 'object') && answer.object === 'fraud_list_entry';
const isFraudModels: Guard<FraudModels> = (answer): answer is FraudModels =>
  has(answer, 'object') && answer.object === 'fraud_models';
const isFraudModelComparison: Guard<FraudModelComparison> = (answer): answer is FraudModelComparison =>
  has(answer, 'object') && answer.object === 'fraud_model_comparison';
const isReview: Guard<Review> = (answer): answer is Review => has(answer, 'object') && answer.object === 'review';
const isDispute: Guard<Dispute> = (answer): answer is Dispute => has(answer, 'object') && answer.object === 'dispute';
const isTrialBalance: Guard<TrialBalance> = (answer): answer is TrialBalance =>
  has(answer, 'object') && answer.object === 'trial_balance';
