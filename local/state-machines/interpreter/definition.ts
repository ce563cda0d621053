import * as z from 'zod';
import { json } from './json-schema.ts';

/**
 * The Amazon States Language as the embedded cloud runs it: states in JSONata. Objects are strict, so that a field
 * which the interpreter would ignore is refused by its name at start rather than left out in silence.
 */
const queryLanguage = z
  .string()
  .refine(
    (language) => language === 'JSONata',
    'is not served: the embedded cloud runs machines whose QueryLanguage is JSONata',
  );
/** A number, or an expression that answers one. */
const count = z.union([z.number(), z.string()]);
const errorEquals = z.array(z.string().min(1)).min(1);
const assign = z.record(z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,79}$/u, 'is no name of a variable'), json);
const comment = z.string().optional();
const exit = { Output: json.optional(), Assign: assign.optional() };
const next = { Next: z.string().optional(), End: z.literal(true).optional() };
const common = { Comment: comment, QueryLanguage: queryLanguage.optional() };

const retrier = z.strictObject({
  Comment: comment,
  ErrorEquals: errorEquals,
  IntervalSeconds: z.int().min(1).max(99_999_999).default(1),
  MaxAttempts: z.int().min(0).max(99_999_999).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().min(1).max(31_622_400).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
});
const catcher = z.strictObject({ Comment: comment, ErrorEquals: errorEquals, Next: z.string(), ...exit });
const handlers = { Retry: z.array(retrier).default([]), Catch: z.array(catcher).default([]) };

const pass = z.strictObject({ Type: z.literal('Pass'), ...common, ...exit, ...next });
const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common, Output: json.optional() });
const fail = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: z.string().optional(),
  Cause: z.string().optional(),
});
const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...exit,
  Choices: z
    .array(
      z.strictObject({ Comment: comment, Condition: z.union([z.string(), z.boolean()]), Next: z.string(), ...exit }),
    )
    .min(1),
  Default: z.string().optional(),
});
const wait = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...exit,
  ...next,
  Seconds: count.optional(),
  Timestamp: z.string().optional(),
});
const task = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...exit,
  ...next,
  ...handlers,
  Resource: z.string(),
  Arguments: json.optional(),
  TimeoutSeconds: count.optional(),
  HeartbeatSeconds: count.optional(),
});
/** A machine's states, or a branch's. Each state is parsed on its own, so that what is wrong is named with its state. */
const block = { StartAt: z.string(), States: z.record(z.string().min(1).max(80), json) };
const parallel = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  ...exit,
  ...next,
  ...handlers,
  Arguments: json.optional(),
  Branches: z.array(z.strictObject({ Comment: comment, ...block })).min(1),
});
const processorConfig = z.strictObject({
  Mode: z
    .string()
    .refine((mode) => mode === 'INLINE', 'is not served yet: the embedded cloud runs Map states in INLINE mode'),
});
const map = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  ...exit,
  ...next,
  ...handlers,
  Items: json.optional(),
  ItemSelector: json.optional(),
  MaxConcurrency: count.optional(),
  ItemProcessor: z.strictObject({ Comment: comment, ProcessorConfig: processorConfig.optional(), ...block }),
});

export const stateDefinition = z.discriminatedUnion('Type', [pass, succeed, fail, choice, wait, task, parallel, map]);

export const definition = z.strictObject({
  Comment: comment,
  /** JSONPath, the default of the language, is refused as any other. */
  QueryLanguage: z.string().default('JSONPath').pipe(queryLanguage),
  Version: z.literal('1.0').optional(),
  TimeoutSeconds: z.int().min(1).max(99_999_999).optional(),
  ...block,
});

export type StateDefinition = z.infer<typeof stateDefinition>;
export type RetrierDefinition = z.infer<typeof retrier>;
export type CatcherDefinition = z.infer<typeof catcher>;
export interface BlockDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, unknown>>;
}
