import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that plays somebody outside: the acquirer, the bank. */
export interface SimulatorOptions {
  readonly name: string;
  /** Absolute path of its main module. */
  readonly entry: string;
  /** The parameter of the templates that takes its URL. */
  readonly parameter: string;
  /** What the parameter's value has behind its URL: `/daily.xml`. */
  readonly path?: string;
  /** The path of the API to which it tells things: it gets the address as NOTIFICATION_URL. */
  readonly notifies?: string;
  /** Further parameters of the templates, each with the path where the simulator tells its value as text. */
  readonly tells?: Readonly<Record<string, string>>;
}

export interface Simulator {
  readonly name: string;
  readonly url: string;
  /** Sets its clock that many milliseconds ahead of the machine's; answered when it has. */
  shiftClock(offsetMilliseconds: number): Promise<void>;
  close(): Promise<void>;
}

const startTimeoutMilliseconds = 15_000;
const restartDelayMilliseconds = 200;

interface Place {
  readonly dataDir: string;
  /** Where the API is. */
  readonly apiUrl: string;
  readonly log: (line: string) => void;
}

/**
 * Starts a simulator on a free port and keeps it running there: when it dies it is started again on the same port,
 * because its URL is in the environment of functions. It ends when its standard input closes, and so with us.
 *
 * @throws Error when it does not get ready.
 */
export async function startSimulator(options: SimulatorOptions, place: Place): Promise<Simulator> {
  const { name } = options;
  let closing = false;
  const isClosing = () => closing;
  let offset = 0;
  let child = await launch(options, place, 0);
  const { url } = child;

  const shiftClock = async (offsetMilliseconds: number) => {
    offset = offsetMilliseconds;
    const response = await fetch(`${url}/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ offsetMilliseconds }),
    });
    if (!response.ok) throw new Error(`The simulator ${name} did not take the clock: ${response.status}`);
    await response.arrayBuffer();
  };

  const startAgain = async () => {
    child = await launch(options, place, Number(new URL(url).port));
    // Closed while it was starting: the end that was told went to the one before.
    if (isClosing()) child.end();
    else await shiftClock(offset);
  };
  const keepRunning = async () => {
    for (;;) {
      await child.ended;
      if (isClosing()) return;
      place.log(`the simulator ${name} ended; starting it again`);
      await sleep(restartDelayMilliseconds);
      // One that dies while it starts is started again as well: `child` is the one before, which has ended.
      await startAgain().catch((error: unknown) => {
        place.log(`the simulator ${name}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  };
  const running = keepRunning();

  return {
    name,
    url,
    shiftClock,
    close: async () => {
      closing = true;
      child.end();
      await running;
    },
  };
}

/** One run of the process, ready. */
async function launch({ name, entry, notifies }: SimulatorOptions, { dataDir, apiUrl, log }: Place, port: number) {
  const folder = join(dataDir, 'simulators', name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const child = spawn(process.execPath, [entry], {
    // Its environment is its own: nothing of ours, such as AWS credentials, reaches a stranger.
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATA_DIR: folder,
      ...(notifies === undefined ? {} : { NOTIFICATION_URL: `${apiUrl}${notifies}` }),
      ...compileCache(),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group of its own, so that the terminal's Ctrl-C reaches us alone: we end it when all is done.
    detached: true,
  });
  const ended = once(child, 'close');
  // A write to the closing end of a pipe is no news: `ended` tells.
  child.stdin.on('error', () => undefined);
  createInterface(child.stderr).on('line', (line) => {
    log(`${name}: ${line}`);
  });
  const lines = createInterface(child.stdout);
  const ready = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const [, readyUrl] = /^ready (http:\S+)$/u.exec(line) ?? [];
      if (readyUrl !== undefined) resolve(readyUrl);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`The simulator ${name} ended with ${code ?? 'a signal'} before it was ready.`));
    });
    setTimeout(() => {
      reject(new Error(`The simulator ${name} was not ready within ${startTimeoutMilliseconds / 1000} seconds.`));
    }, startTimeoutMilliseconds).unref();
  });
  const end = () => {
    child.stdin.end();
  };
  try {
    return { url: await ready, ended, end };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Where compiled code is kept, when we keep it ourselves: a simulator starts in half the time. */
function compileCache(): { readonly NODE_COMPILE_CACHE?: string } {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: directory };
}
