/** Where the simulated acquirer is and how long to wait for it. */
export interface Connection {
  /** For example `http://127.0.0.1:4010`, without a trailing slash. */
  readonly baseUrl: string;
  /** The whole authorization, connecting included; within the workflow's 15 s (../shared/design.md, decision 6). */
  readonly authorizeTimeoutMilliseconds: number;
  /** The whole capture or refund, as an authorization's. */
  readonly moveTimeoutMilliseconds: number;
  /** Of authorizations and of movements. */
  readonly lookUpTimeoutMilliseconds: number;
  /** Of authorizations and of movements. */
  readonly cancelTimeoutMilliseconds: number;
  /** The whole file of a day; it is fetched on a schedule, where nobody waits. */
  readonly settlementTimeoutMilliseconds: number;
}

/** The URL of a collection, or of one of its members, or of what is below it. */
export function resourceUrl(
  { baseUrl }: Connection,
  collection: 'authorizations' | 'captures' | 'refunds' | 'movements' | 'settlements',
  ...segments: readonly string[]
): string {
  return [baseUrl, collection, ...segments.map(encodeURIComponent)].join('/');
}
