import type { World } from '../../scripts/soak/world.ts';

/** What a run is drawn from; QUITTANCE_SEED repeats one that failed. */
export const seed = Number(process.env['QUITTANCE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** How callers wait before they try again, who do so often here: a tenth as long as they would elsewhere. */
export const soon = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds / 10));

const kinds = [
  'pay by card',
  'pay by split',
  'pay by gift cards',
  'pay by quote',
  'capture',
  'refund',
  'void',
  'dispute',
];

/** Of all that random lives are made of, and of whatever else is named: what was never done in them. */
export function neverDone({ tally }: World, others: readonly string[] = []): readonly string[] {
  const done = [...tally.counts.keys()];
  return [...kinds, ...others].filter((kind) => !done.some((what) => what.startsWith(kind)));
}
