import * as z from 'zod';
import { json } from './json-schema.ts';

/**
 * Where one strand of a run stands: the machine itself, a branch of a Parallel, or an iteration of a Map. It is all that
 * is needed to go on from there, and it is what a Standard run writes down before it enters a state.
 */
export const frame = z.object({
  /** Empty for the machine itself; `/1` for its second branch, `/1/0` for the first branch within that. */
  path: z.string(),
  state: z.string(),
  input: json,
  /** The variables of this strand's own scope. */
  variables: z.record(z.string(), json),
  /** Milliseconds since the epoch. */
  enteredAt: z.number(),
  /** How often each retrier of the state has been used since it was entered. */
  attempts: z.array(z.number()).readonly(),
  phase: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('entered') }),
    /** A Wait state, until a time in milliseconds since the epoch. */
    z.object({ kind: z.literal('waiting'), until: z.number() }),
    /** A task that has a token and, once it is called, waits for an answer under it; since when, in milliseconds since the epoch. */
    z.object({ kind: z.literal('awaiting'), token: z.string(), since: z.number(), called: z.boolean() }),
    /** A failed state that is tried again at that time. */
    z.object({ kind: z.literal('retrying'), until: z.number() }),
    /** A Parallel or Map whose branches are under way: the input of each, and for a Map the item of each. */
    z.object({
      kind: z.literal('forked'),
      inputs: z.array(json).readonly(),
      items: z.array(json).readonly().optional(),
    }),
    /** The strand has come to its end. */
    z.object({ kind: z.literal('ended'), output: json }),
  ]),
});

export type Frame = z.infer<typeof frame>;
export type Variables = Frame['variables'];
