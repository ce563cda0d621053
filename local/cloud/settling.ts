import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { AwsService } from '../kernel/service.ts';

/** Something that may have work under way. */
export type Worker = Pick<AwsService, 'name' | 'busy'>;

/** How often in a row everything has to be idle: between two services a piece of work may be seen by neither for a turn. */
const idleTurnsWanted = 3;
const usualLongestMilliseconds = 120_000;

/**
 * Waits until all work that needs no further time on the clock is done.
 *
 * @throws Error naming who is still busy when that takes longer than it may: two minutes unless told otherwise.
 */
export async function waitUntilIdle(
  workers: () => readonly Worker[],
  longestMilliseconds = usualLongestMilliseconds,
): Promise<void> {
  const deadline = performance.now() + longestMilliseconds;
  for (let idleTurns = 0; idleTurns < idleTurnsWanted;) {
    await nextTurn();
    const busy = workers().filter((worker) => worker.busy?.() === true);
    if (busy.length === 0) {
      idleTurns += 1;
      continue;
    }
    idleTurns = 0;
    if (performance.now() > deadline) {
      throw new Error(
        `Not settled after ${longestMilliseconds / 1000} seconds: ${busy.map(({ name }) => name).join(', ')}`,
      );
    }
    // What is awaited is network and worker threads: a turn of the event loop without rest would only steal their time.
    await sleep(1);
  }
}
