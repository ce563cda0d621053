/**
 * How long a call to AWS may take: a second to connect, and this long for each try to be answered. Without
 * `throwOnRequestTimeout` the SDK only warns and waits on, until the function itself is ended.
 */
export function requestsWithin(requestTimeout: number) {
  return { connectionTimeout: 1000, requestTimeout, throwOnRequestTimeout: true } as const;
}
