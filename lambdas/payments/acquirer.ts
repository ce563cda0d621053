import { simulatedAcquirer } from '../../adapters/acquirers/simulated/index.ts';
import { withCircuitBreaker } from '../../adapters/acquirers/with-circuit-breaker.ts';
import type { Acquirer } from '../../core/payments/acquirer.ts';

/**
 * The acquirer that this stage works with, made once per function so that its circuit breaker remembers. While the
 * circuit is open a payment fails at once with `acquirer_unavailable`, certain that nothing was sent.
 */
export function configuredAcquirer(baseUrl: string): Acquirer {
  return withCircuitBreaker(simulatedAcquirer({ baseUrl }));
}
