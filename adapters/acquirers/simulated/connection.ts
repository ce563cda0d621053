/** Where the simulated acquirer is and how long to wait for it. */
export interface Connection {
  /** For example `http://127.0.0.1:4010`, without a trailing slash. */
  readonly baseUrl: string;
  /** The whole authorization, connecting included; within the workflow's 15 s (../shared/design.md, decision 6). */
  readonly authorizeTimeoutMilliseconds: number;
  readonly lookUpTimeoutMilliseconds: number;
  readonly cancelTimeoutMilliseconds: number;
}

/** The URL of the authorizations, or of one of them, or of what is below it. */
export function authorizationsUrl({ baseUrl }: Connection, ...segments: readonly string[]): string {
  return [baseUrl, 'authorizations', ...segments.map(encodeURIComponent)].join('/');
}
