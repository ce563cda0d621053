/** Where the single-message acquirer is and how long to wait for it. */
export interface Connection {
  /** For example `http://127.0.0.1:4011`, without a trailing slash. */
  readonly baseUrl: string;
  /** The whole sale, connecting included; within the workflow's 15 s (../shared/design.md, decision 6). */
  readonly authorizeTimeoutMilliseconds: number;
  /** The whole refund, as a sale's. */
  readonly refundTimeoutMilliseconds: number;
  /** Of sales and of credits. */
  readonly cancelTimeoutMilliseconds: number;
}

/** The URL of a call of the API's second version. */
export function callUrl({ baseUrl }: Connection, call: 'sales' | 'credits' | 'reversals'): string {
  return `${baseUrl}/v2/${call}`;
}
