import * as z from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { Store } from '../kernel/store.ts';

/** Answers what the cloud's clock showed at a second of the machine's time (both in epoch seconds). */
export type CloudSecond = (machineSecond: number) => number;

const keptSeconds = 7 * 24 * 60 * 60;
const offsetRow = z.object({ offset: z.number() });

/**
 * The native server stamps stream records with the machine's time, but to functions, and to the age limits of event
 * source mappings, time is the cloud's. So every change of the clock is remembered: a record's age must neither jump
 * when the clock is moved on nor stay 0 for ever. The stamps have whole seconds: what was written in the very second
 * of a shift counts as written after it, for too young is harmless and too old would discard.
 */
export function rememberClockOffsets(store: Store, clock: Clock): CloudSecond {
  store.exec(
    'CREATE TABLE IF NOT EXISTS dynamodb_clock_offsets (machineSecond INTEGER PRIMARY KEY, offset INTEGER NOT NULL)',
  );
  const machineSecondNow = (): number => Math.floor((clock.now() - clock.offset()) / 1000);
  const upsert = store.prepare('INSERT OR REPLACE INTO dynamodb_clock_offsets (machineSecond, offset) VALUES (?, ?)');
  const lookUp = store.prepare(
    'SELECT offset FROM dynamodb_clock_offsets WHERE machineSecond <= ? ORDER BY machineSecond DESC LIMIT 1',
  );
  store
    .prepare(
      `DELETE FROM dynamodb_clock_offsets WHERE machineSecond <
       (SELECT MAX(machineSecond) FROM dynamodb_clock_offsets WHERE machineSecond <= ?)`,
    )
    .run(machineSecondNow() - keptSeconds);

  const remember = (offset: number): void => void upsert.run(machineSecondNow(), offset);
  remember(clock.offset());
  clock.onShift(remember);
  return (machineSecond) => {
    const offset = offsetRow.safeParse(lookUp.get(Math.floor(machineSecond))).data?.offset ?? 0;
    return Math.floor(machineSecond + offset / 1000);
  };
}
