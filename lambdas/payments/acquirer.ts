import { simulatedAcquirer } from '../../adapters/acquirers/simulated/index.ts';
import type { Acquirer } from '../../core/payments/acquirer.ts';

/** The acquirer that this stage works with. */
export function configuredAcquirer(baseUrl: string): Acquirer {
  return simulatedAcquirer({ baseUrl });
}
