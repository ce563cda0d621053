import { isDeepStrictEqual } from 'node:util';
import type { Payment } from '../../packages/client/index.ts';
import { createClient, QuittanceError } from '../../packages/client/index.ts';
import type { Instance } from '../throw-away-instance.ts';
import { startInstance } from '../throw-away-instance.ts';

export type Client = ReturnType<typeof createClient>;

/** A request as it was asked, so that it can be asked again under its key. */
export interface Asked {
  readonly name: string;
  readonly send: (client: Client) => Promise<object>;
  /** What of an answer never changes any more; undefined while it may still change. */
  readonly settled: (answer: object) => object | undefined;
  answers: object[];
}

/** What the run has counted and found. */
export interface Tally {
  readonly counts: Map<string, number>;
  readonly violations: string[];
}

/** The instance under soak, whichever run of it is alive, and everything that its callers were told. */
export interface World {
  readonly random: () => number;
  readonly dataDir: string;
  readonly asked: Asked[];
  readonly tally: Tally;
  readonly count: (what: string) => void;
  readonly violated: (what: string) => void;
  instance(): Instance;
  client(): Client;
  operator(): Client;
  /** Sends a request, now and then twice at once, and remembers it. Undefined when nobody learned the answer. */
  ask<T extends object>(request: Request<T>): Promise<T | undefined>;
  /** kill -9 and a start on the same data. */
  killAndRestart(): Promise<void>;
}

/** Something that is done with a payment. */
export interface Move {
  /** How often it is drawn, against the others. */
  readonly weight: number;
  readonly act: (world: World, payment: Payment) => Promise<void>;
}

/** One of several, drawn. */
export function oneOf<T>({ random }: Pick<World, 'random'>, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error('There is nothing to choose from');
  return chosen;
}

export interface Request<T extends object> {
  readonly name: string;
  readonly send: (client: Client) => Promise<T>;
  readonly settled: (answer: object) => object | undefined;
  /** The codes of refusals that a right stack may answer. */
  readonly refusals: readonly string[];
}

export async function createWorld(dataDir: string, random: () => number): Promise<World> {
  let instance = await startInstance({ dataDir });
  const tally: Tally = { counts: new Map(), violations: [] };
  const count = (what: string) => void tally.counts.set(what, (tally.counts.get(what) ?? 0) + 1);
  const clientFor = (scope: string) =>
    createClient({ apiUrl: instance.outputs.apiUrl, accessToken: instance.accessTokenFor(scope) });
  let clients = { platform: clientFor('payments/create'), operator: clientFor('operations/read') };
  const world: World = {
    random,
    dataDir,
    asked: [],
    tally,
    count,
    violated: (what) => {
      tally.violations.push(what);
      console.log(`VIOLATION ${what}`);
    },
    instance: () => instance,
    client: () => clients.platform,
    operator: () => clients.operator,
    ask: (request) => ask(world, request),
    killAndRestart: async () => {
      await instance.kill();
      instance = await startInstance({ dataDir });
      clients = { platform: clientFor('payments/create'), operator: clientFor('operations/read') };
    },
  };
  return world;
}

async function ask<T extends object>(world: World, request: Request<T>): Promise<T | undefined> {
  const asked: Asked = { name: request.name, send: request.send, settled: request.settled, answers: [] };
  world.asked.push(asked);
  const times = world.random() < 0.15 ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: times }, () => tryOnce(world, asked, request)));
  return answers.find((answer) => answer !== undefined);
}

/** Asks again for what was asked before: the answer has to be the same, once nothing about it can change. */
export async function askAgain(world: World, asked: Asked): Promise<void> {
  const answer = await asked.send(world.client());
  remember(world, asked, answer);
}

async function tryOnce<T extends object>(world: World, asked: Asked, request: Request<T>): Promise<T | undefined> {
  try {
    const answer = await request.send(world.client());
    world.count(asked.name);
    remember(world, asked, answer);
    return answer;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) world.count(`${asked.name}: no answer`);
    else {
      world.count(`${asked.name}: ${refusal}`);
      if (!request.refusals.includes(refusal)) world.violated(`${asked.name} was refused: ${refusal}`);
    }
    return undefined;
  }
}

/** The code of a refusal, or undefined for what may be tried again: a lost connection, 5xx, and being too fast. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof QuittanceError) || error.status >= 500) return undefined;
  // Tokens expire by the clock, which moves by hours at once; throttling passes.
  if (error.status === 401 || error.status === 429 || error.code === 'idempotency_in_flight') return undefined;
  return error.code ?? `status ${error.status}`;
}

function remember(world: World, asked: Asked, answer: object): void {
  const now = asked.settled(answer);
  const [before] = asked.answers.flatMap((earlier) => asked.settled(earlier) ?? []);
  if (now && before && !isDeepStrictEqual(now, before)) {
    world.violated(`${asked.name} was told twice, differently: ${JSON.stringify(before)} and ${JSON.stringify(now)}`);
  }
  asked.answers.push(answer);
}
