import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

export interface DynoxideProcessOptions {
  /** Absolute path of the dynoxide program. */
  readonly binary: string;
  /** Absolute path of the SQLite file that holds the tables. */
  readonly databasePath: string;
  /** Where the process id is kept, so that a later run can end what a killed run left behind. */
  readonly pidPath: string;
  readonly log: (line: string) => void;
  /** Called with the port whenever a process has begun to serve. */
  readonly onServing: (port: number) => void;
  /** Called when the process has died by itself; it is started again. */
  readonly onDown: () => void;
}

export interface DynoxideProcess {
  /** Ends the process that a killed run left behind, if there is one. */
  endLeftOver(): Promise<void>;
  /** Starts it; answers when it serves. */
  start(): Promise<void>;
  /** Ends it, until the next start. What it acknowledged is on disk, so it is simply killed. */
  stop(): Promise<void>;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const startTimeoutMilliseconds = 10_000;
const startAttempts = 5;
const restartPauseMilliseconds = 100;
const killPauseMilliseconds = 5;
/** Part of util-linux: has the kernel end the server when this process dies, even by kill -9. */
const parentDeathWrapper = '/usr/bin/setpriv';

/** One dynoxide process on a free loopback port, started again whenever it dies. */
export function createDynoxideProcess(options: DynoxideProcessOptions): DynoxideProcess {
  let child: Child | undefined;
  const run = { wanted: false };
  const killChild = (): void => void child?.kill('SIGKILL');

  async function launch(): Promise<void> {
    const { started, port } = await launchServing(options);
    if (!run.wanted) return void started.kill('SIGKILL');
    child = started;
    started.once('exit', () => {
      child = undefined;
      if (!run.wanted) return;
      options.log('dynamodb: the native server died; it is started again');
      options.onDown();
      void revive();
    });
    options.onServing(port);
  }

  async function revive(): Promise<void> {
    while (run.wanted && child === undefined) {
      try {
        await launch();
      } catch (error) {
        options.log(`dynamodb: ${String(error)}`);
        await pause(restartPauseMilliseconds);
      }
    }
  }

  return {
    endLeftOver: () => endLeftOver(options),
    start: async () => {
      run.wanted = true;
      process.once('exit', killChild);
      await launch();
    },
    stop: async () => {
      run.wanted = false;
      process.removeListener('exit', killChild);
      const ending = child;
      if (ending === undefined) return;
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      ending.kill('SIGKILL');
      await ended;
      rmSync(options.pidPath, { force: true });
    },
  };
}

/** Starts a server on a free port; another port is taken when somebody was quicker to it. */
async function launchServing(options: DynoxideProcessOptions): Promise<{ started: Child; port: number }> {
  let reason = '';
  for (let attempt = 1; attempt <= startAttempts; attempt++) {
    const port = await freePort();
    const started = spawnServer(options, port, attempt === 1 && existsSync(parentDeathWrapper));
    if (started.pid !== undefined) writeFileSync(options.pidPath, String(started.pid));
    const outcome = await untilServing(started);
    if (outcome === undefined) return { started, port };
    started.kill('SIGKILL');
    reason = outcome;
  }
  throw new Error(`The DynamoDB server ${options.binary} does not start: ${reason}`);
}

/** `wrapped` only at first: some systems have a setpriv that does not know the option. */
function spawnServer(options: DynoxideProcessOptions, port: number, wrapped: boolean): Child {
  const serve = [options.binary, '--host', '127.0.0.1', '--port', String(port), '--db-path', options.databasePath];
  const wrapper = wrapped ? [parentDeathWrapper, '--pdeathsig', 'KILL', '--'] : [];
  const [program = options.binary, ...parameters] = [...wrapper, ...serve];
  // A process group of its own, so that the terminal's Ctrl-C reaches us alone: we end it when all is done.
  return spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
}

/** Waits for the line that says it serves. Answers what went wrong, or undefined when it serves. */
function untilServing(child: Child): Promise<string | undefined> {
  return new Promise((resolve) => {
    let output = '';
    const timer = setTimeout(() => resolve('it did not serve in time'), startTimeoutMilliseconds);
    const hear = (chunk: Buffer): void => {
      if (output.length < 2_000) output += chunk.toString('utf8');
      if (output.includes('listening on')) settle(undefined);
    };
    const settle = (outcome: string | undefined): void => {
      clearTimeout(timer);
      // The pipes must go on being emptied, or a full one would halt the server.
      child.stdout.off('data', hear).resume();
      child.stderr.off('data', hear).resume();
      resolve(outcome);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(`it ended with ${String(code ?? signal)}: ${output.trim()}`));
  });
}

/** Ends the server of a run that was killed: the process id is trusted only if its command line names our database. */
async function endLeftOver(options: DynoxideProcessOptions): Promise<void> {
  if (!existsSync(options.pidPath)) return;
  const pid = Number.parseInt(readFileSync(options.pidPath, 'utf8'), 10);
  if (Number.isInteger(pid) && pid > 1 && isOurServer(pid, options)) {
    process.kill(pid, 'SIGKILL');
    while (isOurServer(pid, options)) await pause(killPauseMilliseconds);
  }
  rmSync(options.pidPath, { force: true });
}

function isOurServer(pid: number, options: DynoxideProcessOptions): boolean {
  try {
    const words = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0');
    return words.includes(options.binary) && words.includes(options.databasePath);
  } catch {
    // No such process, or no /proc on this system: then nothing is known, and nothing is killed.
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('There is no free port.'));
        else resolve(address.port);
      });
    });
  });
}
