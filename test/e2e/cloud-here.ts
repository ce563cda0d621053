import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Cloud } from '../../local/cloud.ts';
import { startCloud } from '../../local/cloud.ts';
import type { ObservedCall } from '../../local/gateway/dispatcher.ts';
import { simulatorsOf } from '../../local/simulators.ts';
import type { Connection } from '../../scripts/throw-away-instance.ts';
import { connect } from '../../scripts/throw-away-instance.ts';
import { moveClockWhileOff } from './while-off.ts';

/** The assembly of the local stage, built when it is not there. */
export function localAssembly(): string {
  const output = execFileSync(process.execPath, ['scripts/build.ts', '--stage', 'local'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return output.trim().split('\n').at(-1) ?? '';
}

export interface CloudHere extends Connection {
  readonly cloud: Cloud;
  readonly dataDir: string;
  readonly stop: () => Promise<void>;
}

/**
 * The whole stack in the test's own process, so that every AWS call can be watched and every table read. Its clock begins
 * at a later time when one is given.
 */
export async function startCloudHere(
  observe: (call: ObservedCall) => void = () => undefined,
  startsAt?: Date,
): Promise<CloudHere> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quittance-here-'));
  if (startsAt) await moveClockWhileOff(dataDir, startsAt);
  const cloud = await startCloud({
    assemblyDirectory: localAssembly(),
    dataDir,
    port: 0,
    log: () => undefined,
    simulators: simulatorsOf(resolve('.')),
    compiledCodeDirectory: resolve('.build/compiled-functions'),
    observe,
  });
  return {
    ...(await connect(cloud.baseUrl)),
    cloud,
    dataDir,
    stop: async () => {
      await cloud.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
