import { isDeepStrictEqual } from 'node:util';
import type { ClientOptions, Payment } from '../../packages/client/index.ts';
import { createClient, QuittanceError } from '../../packages/client/index.ts';
import type { Connection } from '../throw-away-instance.ts';

export type Client = ReturnType<typeof createClient>;

/** A request as it was asked, so that it can be asked again under its key. */
export interface Asked {
  readonly name: string;
  readonly send: (client: Client) => Promise<object>;
  /** What of an answer never changes any more; undefined while it may still change. */
  readonly settled: (answer: object) => object | undefined;
  /** The codes of refusals that a right stack may answer. */
  readonly refusals: readonly string[];
  readonly answers: object[];
  /** Whether the caller learned what became of it, be it a refusal. */
  isHeard: boolean;
}

/** What the run has counted and found. */
export interface Tally {
  readonly counts: Map<string, number>;
  readonly violations: string[];
}

/** The cards of the buyers. */
export interface Cards {
  /** Every number that was used: none of them may be found anywhere. */
  readonly numbers: Set<string>;
  /** The tokens that buyers were told. */
  readonly tokens: string[];
}

/** The instance under soak, whichever run of it is alive, and everything that its callers were told. */
export interface World {
  readonly random: () => number;
  readonly asked: Asked[];
  readonly cards: Cards;
  readonly tally: Tally;
  readonly count: (what: string) => void;
  readonly violated: (what: string) => void;
  /** Answers when there is an instance that can be asked. */
  isUp(): Promise<void>;
  instance(): Connection;
  client(): Client;
  operator(): Client;
  /** Sends a request, now and then twice at once, and remembers it. Undefined when nobody learned the answer. */
  ask<T extends object>(request: Request<T>): Promise<T | undefined>;
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

export interface Request<T extends object> extends Omit<Asked, 'answers' | 'isHeard'> {
  readonly send: (client: Client) => Promise<T>;
}

/**
 * In: the instance, whichever run of it is alive; where actions and misfortunes are drawn from; and how the callers'
 * clients wait before they try again, if not by the machine's time.
 */
export function createWorld(instance: () => Connection, random: () => number, pause?: ClientOptions['pause']): World {
  const tally: Tally = { counts: new Map(), violations: [] };
  const count = (what: string) => void tally.counts.set(what, (tally.counts.get(what) ?? 0) + 1);
  const platform = clientOf(instance, 'payments/create', pause);
  const operator = clientOf(instance, 'operations/read', pause);
  const world: World = {
    random,
    asked: [],
    cards: { numbers: new Set(), tokens: [] },
    tally,
    count,
    violated: (what) => {
      tally.violations.push(what);
      console.log(`VIOLATION ${what}`);
    },
    isUp: () => Promise.resolve(),
    instance,
    client: platform,
    operator,
    ask: (request) => ask(world, request),
  };
  return world;
}

/** A client of the instance, made anew when that was started again. */
function clientOf(instance: () => Connection, scope: string, pause?: ClientOptions['pause']): () => Client {
  let of: Connection | undefined;
  let client: Client | undefined;
  return () => {
    const now = instance();
    if (client && of === now) return client;
    of = now;
    const options = { apiUrl: now.outputs.apiUrl, accessToken: now.accessTokenFor(scope) };
    return (client = createClient({ ...options, ...(pause ? { pause } : {}) }));
  };
}

async function ask<T extends object>(world: World, request: Request<T>): Promise<T | undefined> {
  const asked: Asked = { ...request, answers: [], isHeard: false };
  world.asked.push(asked);
  const times = world.random() < 0.15 ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: times }, () => tryOnce(world, asked, request.send)));
  return answers.find((answer) => answer !== undefined);
}

/** Asks again for what was asked before: the answer has to be the same, once nothing about it can change. */
export async function askAgain(world: World, asked: Asked): Promise<void> {
  const answer = await asked.send(world.client());
  remember(world, asked, answer);
}

/** Whoever got no answer asks again under the same key, and learns what became of it. */
export async function askForAnswers(world: World): Promise<void> {
  for (const asked of world.asked.filter(({ isHeard }) => !isHeard)) {
    await tryOnce(world, asked, asked.send);
    if (!asked.isHeard) world.violated(`${asked.name} is never answered`);
  }
}

async function tryOnce<T extends object>(
  world: World,
  asked: Asked,
  send: (client: Client) => Promise<T>,
): Promise<T | undefined> {
  try {
    const answer = await send(world.client());
    world.count(asked.name);
    remember(world, asked, answer);
    return answer;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) world.count(`${asked.name}: no answer`);
    else {
      asked.isHeard = true;
      world.count(`${asked.name}: ${refusal}`);
      if (!asked.refusals.includes(refusal)) world.violated(`${asked.name} was refused: ${refusal}`);
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
  asked.isHeard = true;
  asked.answers.push(answer);
}
