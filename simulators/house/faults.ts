import * as z from 'zod';
import type { Chance } from './chance.ts';
import { seededChance } from './chance.ts';

const faultKinds = ['delay', 'drop_before', 'drop_after', 'error'] as const;

/** What happens to one call: how long it waits before it is carried out, and how it breaks. */
export interface Misfortune {
  readonly delayMilliseconds: number;
  readonly breakage: 'drop_before' | 'drop_after' | 'error' | undefined;
}

export interface Faults {
  /** Adds a fault; those already there stay. */
  add(fault: Fault): void;
  clear(): void;
  list(): readonly Fault[];
  /** Draws what the call meets. Every matching fault draws once a call, so that a seed gives the same sequence. */
  draw(operation: string): Misfortune;
}

/** The body of POST /faults for a simulator with these operations. */
export function faultSchema(operations: readonly string[]) {
  return z.strictObject({
    operation: z.enum(['*', ...operations]).default('*'),
    kind: z.enum(faultKinds),
    rate: z.number().min(0).max(1).default(1),
    seed: z.int().default(1),
    delayMs: z.int().min(0).max(600_000).default(10_000),
  });
}

export type Fault = z.infer<ReturnType<typeof faultSchema>>;

/** No faults at first. They live in memory: a simulator that starts again behaves well. */
export function createFaults(): Faults {
  let active: { readonly fault: Fault; readonly chance: Chance }[] = [];
  return {
    add: (fault) => {
      active.push({ fault, chance: seededChance(fault.seed) });
    },
    clear: () => {
      active = [];
    },
    list: () => active.map(({ fault }) => fault),
    draw: (operation) => {
      const hits = active
        .filter(({ fault }) => fault.operation === '*' || fault.operation === operation)
        .filter(({ fault, chance }) => chance() < fault.rate)
        .map(({ fault }) => fault);
      return {
        delayMilliseconds: hits.reduce((sum, { kind, delayMs }) => (kind === 'delay' ? sum + delayMs : sum), 0),
        breakage: hits.map(({ kind }) => kind).find((kind) => kind !== 'delay'),
      };
    },
  };
}
