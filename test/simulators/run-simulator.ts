import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type SimulatorName = 'acquirer' | 'acquirer-single-message' | 'rates';

/** A simulator as a process of its own over a data folder that outlives its processes. */
export interface RunningSimulator {
  readonly url: string;
  readonly dataDirectory: string;
  /** Everything that its processes wrote to standard output and error. */
  output(): string;
  post(path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  get(path: string): Promise<{ readonly status: number; readonly body: unknown }>;
  clearFaults(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Closes its standard input, on which it ends. Answers the exit code. */
  closeInput(): Promise<number | null>;
  /** SIGTERM. Answers the exit code. */
  terminate(): Promise<number | null>;
  /** Starts a process again on the same folder and port. */
  start(): Promise<void>;
  /** Ends the process and removes the folder. */
  dispose(): Promise<void>;
}

const startLimitMilliseconds = 20_000;

/** Starts simulators/<name>/main.ts on a free port with books of its own. */
export async function runSimulator(
  name: SimulatorName,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningSimulator> {
  const temporary = mkdtempSync(join(tmpdir(), `quittance-${name}-`));
  // The simulator makes its folder itself.
  const dataDirectory = join(temporary, 'books');
  let output = '';
  let port = 0;
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const program = fileURLToPath(new URL(`../../simulators/${name}/main.ts`, import.meta.url));
    const started = spawn(process.execPath, [program], {
      env: { PATH: process.env['PATH'], PORT: String(port), DATA_DIR: dataDirectory, ...settings },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child = started;
    let own = '';
    const hear = (chunk: Buffer): void => {
      own += chunk.toString();
      output += chunk.toString();
    };
    started.stdout.on('data', hear);
    started.stderr.on('data', hear);
    const signal = AbortSignal.timeout(startLimitMilliseconds);
    const exited = once(started, 'exit', { signal }).then(() => 'exited' as const);
    while (!own.includes('ready ')) {
      const event = await Promise.race([once(started.stdout, 'data', { signal }), exited]);
      if (event === 'exited') throw new Error(`${name} ended before it was ready:\n${own}`);
    }
    exited.catch(() => undefined);
    port = Number(/ready http:\/\/127\.0\.0\.1:(\d+)\n/u.exec(own)?.[1]);
  };

  const end = async (how: (running: ChildProcess) => void): Promise<number | null> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return running?.exitCode ?? null;
    const exited = once(running, 'exit');
    how(running);
    const [code] = (await exited) as [number | null];
    return code;
  };

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { connection: 'close' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };

  await start();
  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    dataDirectory,
    output: () => output,
    post: (path, body) => call('POST', path, body),
    get: (path) => call('GET', path),
    clearFaults: async () => {
      await call('DELETE', '/faults');
    },
    kill: async () => {
      await end((running) => running.kill('SIGKILL'));
    },
    closeInput: () => end((running) => running.stdin?.end()),
    terminate: () => end((running) => running.kill('SIGTERM')),
    start,
    dispose: async () => {
      await end((running) => running.kill('SIGKILL'));
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}
