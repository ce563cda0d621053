import type { Clock } from '../kernel/clock.ts';
import { startSimulator } from './simulator.ts';
import type { Simulator, SimulatorOptions } from './simulator.ts';

export interface Simulators {
  /** Base URLs by the simulator's name. */
  readonly urls: Readonly<Record<string, string>>;
  /** URLs, and what simulators tell themselves, by the template's parameter. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Waits until every simulator has the clock's present offset. */
  clocksSet(): Promise<void>;
}

interface Place {
  readonly dataDir: string;
  /** Where the API is. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Takes what has to be closed at the end. */
  readonly opened: AsyncDisposableStack;
}

/** Starts all simulators and keeps their clocks with the cloud's. */
export async function startSimulators(options: readonly SimulatorOptions[], place: Place): Promise<Simulators> {
  const { clock, log, opened } = place;
  const running = await Promise.all(
    options.map(async (one) => {
      const simulator = await startSimulator(one, place);
      opened.defer(() => simulator.close());
      await simulator.shiftClock(clock.offset());
      const told = await readTold(one, simulator.url);
      return { ...one, simulator, told, clockSet: keepClock(simulator, clock, log) };
    }),
  );
  return {
    urls: Object.fromEntries(running.map(({ name, simulator }) => [name, simulator.url])),
    parameters: Object.fromEntries(
      running.flatMap(({ parameter, path = '', simulator, told }) => [[parameter, `${simulator.url}${path}`], ...told]),
    ),
    clocksSet: async () => {
      await Promise.all(running.map(({ clockSet }) => clockSet()));
    },
  };
}

/** The parameters whose values a simulator tells itself, such as the key by which others know what it signs. */
async function readTold({ name, tells = {} }: SimulatorOptions, url: string) {
  return Promise.all(
    Object.entries(tells).map(async ([parameter, path]) => {
      const answer = await fetch(`${url}${path}`);
      if (!answer.ok) throw new Error(`The simulator ${name} does not tell ${path}: ${answer.status}`);
      return [parameter, (await answer.text()).trim()] as const;
    }),
  );
}

/**
 * Hands on the clock's changes, one at a time; of changes that come meanwhile, the last is enough.
 *
 * @returns A function that waits until the last change has arrived. One that cannot arrive is logged: a simulator that
 * died gets the clock again when it is restarted.
 */
function keepClock(simulator: Simulator, clock: Clock, log: (line: string) => void): () => Promise<void> {
  let arrived = clock.offset();
  let underWay: Promise<void> | undefined;
  const catchUp = async () => {
    while (arrived !== clock.offset()) {
      const offset = clock.offset();
      await simulator.shiftClock(offset).catch(() => {
        log(`the simulator ${simulator.name} did not hear of the clock`);
      });
      arrived = offset;
    }
    underWay = undefined;
  };
  const start = () => (underWay ??= catchUp());
  clock.onShift(() => void start());
  return async () => {
    await underWay;
  };
}
