import { simulatedAcquirer } from '../../../adapters/acquirers/simulated/index.ts';
import { acquirerContract } from './contract.ts';

acquirerContract({
  simulator: 'acquirer',
  connect: (baseUrl, timeoutMilliseconds) =>
    simulatedAcquirer({
      baseUrl,
      authorizeTimeoutMilliseconds: timeoutMilliseconds,
      lookUpTimeoutMilliseconds: timeoutMilliseconds,
      cancelTimeoutMilliseconds: timeoutMilliseconds,
    }),
  capabilities: { lookUp: true, cancel: true },
  holds: true,
  minorUnits: (amount) => BigInt(String(amount)),
});
