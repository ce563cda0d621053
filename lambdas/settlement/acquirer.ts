import type { SettlesDaily } from '../../core/payments/acquirer.ts';
import { settlesDaily } from '../../core/payments/acquirer.ts';
import { configuredAcquirer } from '../payments/acquirer.ts';

/** The acquirer of this stage, which has to deliver daily settlement files. */
export function settlingAcquirer(baseUrl: string): SettlesDaily {
  const acquirer = configuredAcquirer(baseUrl);
  if (!settlesDaily(acquirer)) throw new Error(`The acquirer ${acquirer.name} delivers no settlement files`);
  return acquirer;
}
