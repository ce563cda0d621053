import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../local/kernel/random.ts';
import { live } from '../../scripts/soak/actions.ts';
import { check } from '../../scripts/soak/check.ts';
import type { RestartableWorld } from '../../scripts/soak/restartable-world.ts';
import { startWorld } from '../../scripts/soak/restartable-world.ts';
import { settle } from '../../scripts/soak/settle.ts';
import { provenBooks } from './proven-books.ts';
import { neverDone, seed, soon } from './random-lives.ts';
import { cvcFields, storedTables } from './stored-tables.ts';
import { filesHolding } from './support.ts';

const kills = 20;
const callersAtOnce = 6;
const dataDir = mkdtempSync(join(tmpdir(), 'quittance-kill-'));

afterAll(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const answersIn = ({ asked }: RestartableWorld) => asked.reduce((sum, { answers }) => sum + answers.length, 0);
const unheardIn = ({ asked }: RestartableWorld) => asked.filter(({ isHeard }) => !isHeard).length;

/** Waits until the callers have been told so many things more. */
async function untilAnswered(world: RestartableWorld, more: number): Promise<void> {
  const wanted = answersIn(world) + more;
  while (answersIn(world) < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function expectNoCvcLeft(folder: string): Promise<void> {
  const tables = await storedTables(folder);
  const [cvcTable, ...others] = [...tables.keys()].filter((name) => name.includes('CvcTable'));
  expect([cvcTable, others]).toEqual([expect.any(String), []]);
  expect(tables.get(cvcTable ?? '')).toEqual([]);
  expect([...tables].flatMap(([name, items]) => items.flatMap((item) => cvcFields(item, name)))).toEqual([]);
}

describe(`${kills} times kill -9 amid payments, captures, refunds, voids, gift cards, quotes and disputes, of seed ${seed}`, () => {
  test('what was told has happened, what was begun comes to an end, and the books agree', async () => {
    const world = await startWorld(dataDir, seededRandom(seed), soon);
    try {
      let isOver = false;
      const lane = async () => {
        while (!isOver) await live(world);
      };
      const lanes = Array.from({ length: callersAtOnce }, lane);
      for (let round = 0; round < kills; round += 1) {
        await untilAnswered(world, 5 + (round % 5) * 8);
        await world.killAndRestart();
      }
      isOver = true;
      await Promise.all(lanes);
      // Kills that all fell between requests would have shown nothing.
      expect(unheardIn(world)).toBeGreaterThan(kills / 2);
      await check(world, await settle(world));
      expect(world.tally.violations).toEqual([]);
      expect(neverDone(world)).toEqual([]);
      expect(filesHolding(dataDir, world.cards.numbers)).toEqual([]);
    } finally {
      await world.stop();
    }
    await expectNoCvcLeft(dataDir);
    expect(provenBooks(dataDir).findings).toEqual([]);
  }, 600_000);
});
