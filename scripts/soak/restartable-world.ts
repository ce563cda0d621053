import type { ClientOptions } from '../../packages/client/index.ts';
import { startInstance } from '../throw-away-instance.ts';
import type { World } from './world.ts';
import { createWorld } from './world.ts';

/** A world whose instance is a process of its own, which can be killed. */
export interface RestartableWorld extends World {
  readonly dataDir: string;
  /** kill -9 and a start on the same data; what is begun meanwhile waits, what was under way is lost. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

/** In: what `createWorld` takes, and the folder of its instance's data. */
export async function startWorld(
  dataDir: string,
  random: () => number,
  pause?: ClientOptions['pause'],
): Promise<RestartableWorld> {
  let instance = await startInstance({ dataDir });
  let restarted: Promise<void> = Promise.resolve();
  const restart = async () => {
    await instance.kill();
    instance = await startInstance({ dataDir });
  };
  return {
    ...createWorld(() => instance, random, pause),
    dataDir,
    isUp: () => restarted,
    killAndRestart: () => (restarted = restart()),
    stop: () => instance.stop(),
  };
}
