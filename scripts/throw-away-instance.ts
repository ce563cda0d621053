import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { clientCredentials } from '../packages/client/index.ts';

const outputs = z.object({
  apiUrl: z.string(),
  tokenUrl: z.string(),
  acquirerUrl: z.string(),
  ratesUrl: z.string(),
  clients: z.array(z.object({ clientId: z.string(), clientSecret: z.string(), scopes: z.array(z.string()) })),
  demo: z.object({ sellerId: z.string() }),
});

export type Outputs = z.infer<typeof outputs>;

/** A running instance as its users and its operator reach it. */
export interface Connection {
  readonly baseUrl: string;
  readonly outputs: Outputs;
  /** A source of access tokens of the machine client that has this scope. */
  readonly accessTokenFor: (scope: string) => () => Promise<string>;
  /** Moves the clock by an ISO 8601 duration; answers when everything due by then is done. */
  readonly advance: (duration: string) => Promise<void>;
  /** The cloud's time. */
  readonly now: () => Promise<Date>;
}

export interface Instance extends Connection {
  readonly dataDir: string;
  /** Ends it as an operator would, and deletes its data folder unless it was given. */
  readonly stop: () => Promise<void>;
  /** kill -9 of the cloud's process alone; `start` again on the same folder is a restart after a crash. */
  readonly kill: () => Promise<void>;
}

/** Runs the whole stack on a free port, in a folder of its own unless one is given. Ends with this process. */
export async function startInstance(
  options: { readonly dataDir?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Instance> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'quittance-'));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/main.ts'], {
    cwd: new URL('..', import.meta.url),
    env: { ...process.env, ...options.env, PORT: '0', QUITTANCE_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  // What it says on its console is kept among its data, where tests search everything for card numbers.
  child.stderr.pipe(createWriteStream(join(dataDir, 'console.log'), { flags: 'a' }));
  const baseUrl = await readyUrl(child.stdout, child.stderr, exited);
  const end = async (signal: NodeJS.Signals) => {
    process.off('exit', endWithUs);
    child.kill(signal);
    await exited;
  };
  return {
    ...(await connect(baseUrl)),
    dataDir,
    stop: async () => {
      await end('SIGTERM');
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
  };
}

/** Reaches an instance that runs at this address. */
export async function connect(baseUrl: string): Promise<Connection> {
  const found = outputs.parse(await getJson(`${baseUrl}/_local/outputs`));
  return {
    baseUrl,
    outputs: found,
    accessTokenFor: (scope) => tokensFor(found, baseUrl, scope),
    advance: async (duration) => {
      await getJson(`${baseUrl}/_local/clock`, { method: 'POST', body: JSON.stringify({ advance: duration }) });
    },
    now: () => readClock(baseUrl),
  };
}

async function readyUrl(
  stdout: NodeJS.ReadableStream,
  stderr: NodeJS.ReadableStream,
  exited: Promise<void>,
): Promise<string> {
  const said: string[] = [];
  stderr.on('data', (chunk: Buffer) => {
    said.push(chunk.toString());
    if (said.length > 200) said.shift();
  });
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const [, url] = /^ready (\S+)$/u.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const ended = exited.then(() => {
    throw new Error(`The instance ended before it was ready:\n${said.join('')}`);
  });
  return Promise.race([ready, ended]);
}

async function readClock(baseUrl: string): Promise<Date> {
  return z.object({ now: z.coerce.date() }).parse(await getJson(`${baseUrl}/_local/clock`)).now;
}

function tokensFor({ clients, tokenUrl }: Outputs, baseUrl: string, scope: string): () => Promise<string> {
  const client = clients.find(({ scopes }) => scopes.includes(scope));
  if (!client) throw new Error(`No machine client has the scope ${scope}`);
  const fresh = () => clientCredentials({ tokenUrl, ...client });
  let source = fresh();
  let madeAt = 0;
  // The cloud's clock may have been moved, and then tokens have expired by it.
  return async () => {
    const now = (await readClock(baseUrl)).getTime();
    if (now - madeAt > 50 * 60_000) {
      source = fresh();
      madeAt = now;
    }
    return source();
  };
}

async function getJson(url: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(url, { ...init, headers: { 'content-type': 'application/json' } });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
