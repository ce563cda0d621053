import type { StageDefinition, Throttling } from './api-definition.ts';

/** Takes a token for a route; false when there is none left. */
export type Throttle = (routeKey: string) => boolean;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * A token bucket for each route. They fill by the machine's own time: a clock that jumps two weeks ahead must neither
 * fill them at once, nor stand still while requests come in.
 *
 * @param now milliseconds that only grow
 */
export function createThrottle(stage: StageDefinition, now: () => number = () => performance.now()): Throttle {
  const buckets = new Map<string, Bucket>();
  return (routeKey) => {
    const { requestsPerSecond, burst }: Throttling = { ...stage.throttling, ...stage.routeThrottling[routeKey] };
    const at = now();
    const bucket = buckets.get(routeKey) ?? { tokens: burst, filledAt: at };
    buckets.set(routeKey, bucket);
    bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.filledAt) / 1_000) * requestsPerSecond);
    bucket.filledAt = at;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}
