import { simulatedAcquirer } from '../../../adapters/acquirers/simulated/index.ts';
import { acquirerContract } from './contract.ts';

acquirerContract({
  simulator: 'acquirer',
  connect: (baseUrl, timeoutMilliseconds) =>
    simulatedAcquirer({
      baseUrl,
      authorizeTimeoutMilliseconds: timeoutMilliseconds,
      moveTimeoutMilliseconds: timeoutMilliseconds,
      settlementTimeoutMilliseconds: timeoutMilliseconds,
      lookUpTimeoutMilliseconds: timeoutMilliseconds,
      cancelTimeoutMilliseconds: timeoutMilliseconds,
    }),
  capabilities: {
    lookUp: true,
    cancel: true,
    capture: true,
    refund: true,
    lookUpMovement: true,
    cancelMovement: true,
    settle: true,
  },
  cancelMovementFault: 'cancelMovement',
  holds: true,
  minorUnits: (amount) => BigInt(String(amount)),
});
