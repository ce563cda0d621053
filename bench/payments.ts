import { startInstance } from '../scripts/throw-away-instance.ts';
import { runLoad } from './load.ts';
import type { LoadResult } from './load.ts';
import { createPhases } from './phases.ts';
import type { Phase } from './phases.ts';
import { planRawCalls } from './raw-plan.ts';
import { openRawStore } from './raw-store.ts';
import { renderResults } from './render.ts';
import { say } from '../scripts/say.ts';

const warmUpPayments = 150;
const phases = [
  { width: 1, count: 300, longestMilliseconds: 15_000 },
  { width: 16, count: 1600, longestMilliseconds: 25_000 },
] as const;

/**
 * How fast a payment is on this machine, and what it would cost on AWS. On a throw-away instance it runs the journey one
 * payment at a time and 16 at a time, then the same DynamoDB calls against the raw store, and prints a table for the
 * README. Answers 1 when a payment failed.
 */
export async function benchPayments(): Promise<number> {
  const measured = await measurePhases();
  say('the same DynamoDB calls against the raw store');
  const results: { phase: Phase; raw: LoadResult }[] = [];
  for (const phase of measured) results.push({ phase, raw: await measureRaw(phase) });
  console.log(renderResults(results, warmUpPayments));
  const failures = results.flatMap(({ phase, raw }) => [...phase.load.failures, ...raw.failures]);
  for (const [reason, count] of failures) console.error(`${count} failed: ${reason}`);
  return failures.length === 0 && measured.every(({ load }) => load.count > 0) ? 0 : 1;
}

async function measurePhases(): Promise<readonly Phase[]> {
  const instance = await startInstance();
  const measured: Phase[] = [];
  try {
    const run = createPhases(instance);
    say(`warming up: ${warmUpPayments} payments`);
    await run({ width: 16, count: warmUpPayments, longestMilliseconds: 20_000 });
    for (const phase of phases) {
      say(`${phase.count} payments, ${phase.width} at a time`);
      measured.push(await run(phase));
    }
    return measured;
  } finally {
    await instance.stop();
  }
}

/** As many payments' calls as in the phase, as many at a time. */
async function measureRaw({ width, load, meter }: Phase): Promise<LoadResult> {
  const { setup, calls } = planRawCalls(meter.items.calls, meter.items.tables, load.count);
  const store = await openRawStore(meter.items.tables);
  const each = (list: typeof calls) => async (payment: number) => {
    for (const { operation, body } of list) await store.call(operation, body(payment));
  };
  try {
    await runLoad({ width: 8, count: load.count, longestMilliseconds: Infinity }, each(setup));
    return await runLoad({ width, count: load.count, longestMilliseconds: 15_000 }, each(calls));
  } finally {
    await store.close();
  }
}
