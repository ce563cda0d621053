import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../local/kernel/random.ts';
import { live } from '../../scripts/soak/actions.ts';
import { check } from '../../scripts/soak/check.ts';
import { clearFaults, fault } from '../../scripts/soak/misfortunes.ts';
import { settle } from '../../scripts/soak/settle.ts';
import type { RestartableWorld } from '../../scripts/soak/restartable-world.ts';
import { startWorld } from '../../scripts/soak/restartable-world.ts';
import { provenBooks } from './proven-books.ts';
import { neverDone, seed, soon } from './random-lives.ts';

const histories = 500;
const callersAtOnce = 8;
/** After so many histories other things go wrong. */
const historiesPerWeather = 25;

const dataDir = mkdtempSync(join(tmpdir(), 'quittance-histories-'));
let world: RestartableWorld;

beforeAll(async () => {
  world = await startWorld(dataDir, seededRandom(seed), soon);
});

afterAll(async () => {
  await world.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Histories one after the other in each of several lanes; every now and then the weather changes for all of them. */
async function liveAll(): Promise<void> {
  let begun = 0;
  const lane = async () => {
    while (begun < histories) {
      begun += 1;
      if (begun % historiesPerWeather === 1) {
        await clearFaults(world);
        for (let faults = 0; faults < 3; faults += 1) await fault(world);
      }
      await live(world);
    }
  };
  await Promise.all(Array.from({ length: callersAtOnce }, () => lane()));
}

describe(`${histories} random histories over the embedded cloud with faults, of seed ${seed}`, () => {
  test('keep every invariant of the money', async () => {
    await liveAll();
    await check(world, await settle(world));
    expect(world.tally.violations).toEqual([]);
    // Histories of which nothing was heard have shown little; and each kind has to be among them.
    expect(world.tally.counts.get('histories')).toBeGreaterThan(histories * 0.6);
    expect(neverDone(world, ['fault'])).toEqual([]);
  }, 400_000);

  test('and the proof of the ledger from the stored data finds nothing that does not fit', () => {
    expect(provenBooks(dataDir).findings).toEqual([]);
  });
});
