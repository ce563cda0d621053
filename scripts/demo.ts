/**
 * The story so far, told step by step on a throw-away instance. Ends with 0 when every step held.
 */
import { tellOfTheBooks, tellOfTheProof } from './demo/books.ts';
import { tellOfADispute, tellOfCurrencies, tellOfMovements, tellOfSplitTender } from './demo/movements.ts';
import { tellOfFraud } from './demo/fraud.ts';
import { say, step } from './demo/narrate.ts';
import { tellOfPayments, tellOfTheTimeline } from './demo/payments.ts';
import { openStage } from './demo/stage.ts';
import type { Instance } from './throw-away-instance.ts';
import { startInstance } from './throw-away-instance.ts';

const startedAt = Date.now();
const instance = await startInstance();
try {
  await tell(instance);
  console.log(`\nEvery step held (${((Date.now() - startedAt) / 1000).toFixed(1)} s).`);
} finally {
  await instance.stop();
}

async function tell(here: Instance): Promise<void> {
  const stage = openStage(here);
  step('The whole stack runs on this machine.');
  say(`API ${here.outputs.apiUrl}, acquirer ${here.outputs.acquirerUrl}`);
  const { token, paidId, unknownId } = await tellOfPayments(stage, here);
  await tellOfFraud(stage, here);
  await tellOfMovements(stage, paidId);
  await tellOfSplitTender(stage, token);
  await tellOfCurrencies(stage, token);
  await tellOfADispute(stage, token);
  await tellOfTheTimeline(stage, unknownId);
  await tellOfTheBooks(stage, here);
  await tellOfTheProof(here);
}
