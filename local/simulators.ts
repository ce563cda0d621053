import { resolve } from 'node:path';
import type { SimulatorOptions } from './cloud/simulator.ts';

/** The processes that play the world outside of the project in this folder, beside its stack. */
export function simulatorsOf(projectRoot: string): readonly SimulatorOptions[] {
  return [
    {
      name: 'acquirer',
      entry: resolve(projectRoot, 'simulators/acquirer/main.ts'),
      parameter: 'AcquirerUrl',
      notifies: '/v1/acquirer-notifications',
      tells: { AcquirerNotificationKeys: '/notification-key' },
    },
    {
      name: 'rates',
      entry: resolve(projectRoot, 'simulators/rates/main.ts'),
      parameter: 'RatesUrl',
      path: '/stats/eurofxref/eurofxref-daily.xml',
    },
  ];
}
