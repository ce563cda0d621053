import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { parseJson, parseJsonObject } from '../kernel/json.ts';
import type { Resource } from '../kernel/service.ts';
import { checkDefinition } from './check-definition.ts';
import type { CheckedDefinitions } from './check-definition.ts';
import { findIntegration } from './integrations.ts';
import { compileMachine } from './interpreter/compile.ts';
import { json } from './interpreter/json-schema.ts';
import type { Machine } from './interpreter/machine.ts';

export const logLevels = ['ALL', 'ERROR', 'FATAL', 'OFF'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A state machine of the template, checked and compiled. */
export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** The role that every call of a task is made as. */
  readonly roleArn: string;
  /** The definition after its substitutions, and the hash by which runs remember it. */
  readonly definition: string;
  readonly definitionHash: string;
  readonly machine: Machine;
  readonly logLevel: LogLevel;
  readonly includeExecutionData: boolean;
  /** When this process read it from the template, in milliseconds since the epoch: its creation, as far as we know. */
  readonly readAt: number;
}

const properties = z.looseObject({
  StateMachineType: z.enum(['STANDARD', 'EXPRESS']).default('STANDARD'),
  RoleArn: z.string(),
  DefinitionString: z.string().optional(),
  Definition: json.optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  LoggingConfiguration: z
    .looseObject({ Level: z.enum(logLevels).default('OFF'), IncludeExecutionData: z.boolean().default(false) })
    .default({ Level: 'OFF', IncludeExecutionData: false }),
});

type Properties = z.infer<typeof properties>;

/**
 * All state machines of the template by ARN. Throws an Error that names the machine, the state and the field where a
 * definition is not valid or asks for what the embedded cloud does not run.
 */
export function readStateMachines(
  resources: readonly Resource[],
  clock: Pick<Clock, 'now'>,
  checked: CheckedDefinitions,
): ReadonlyMap<string, StateMachine> {
  const own = resources.filter(({ type }) => type === 'AWS::StepFunctions::StateMachine');
  return new Map(own.map((resource) => [resource.arn, readStateMachine(resource, clock, checked)]));
}

/** Compiles a definition's text: of a machine of the template, or of one with which an older run was started. */
export function compileDefinition(definition: string, clock: Pick<Clock, 'now'>): Machine {
  const chance = { now: () => clock.now(), random: () => Math.random(), uuid: () => randomUUID() };
  return compileMachine(parseJson(definition), {
    chance,
    requireResource: (resource) => void findIntegration(resource),
  });
}

function readStateMachine(resource: Resource, clock: Pick<Clock, 'now'>, checked: CheckedDefinitions): StateMachine {
  const where = `State machine ${resource.stack}/${resource.logicalId}`;
  try {
    const parsed = properties.parse(resource.properties);
    const definition = substitute(definitionText(parsed), parsed.DefinitionSubstitutions);
    const definitionHash = createHash('sha256').update(definition).digest('hex');
    const machine = compileDefinition(definition, clock);
    checkDefinition(parseJsonObject(definition, 'The definition'), definitionHash, checked);
    return {
      arn: resource.arn,
      name: resource.arn.slice(resource.arn.lastIndexOf(':') + 1),
      type: parsed.StateMachineType,
      roleArn: parsed.RoleArn,
      definition,
      definitionHash,
      machine,
      logLevel: parsed.LoggingConfiguration.Level,
      includeExecutionData: parsed.LoggingConfiguration.IncludeExecutionData,
      readAt: clock.now(),
    };
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    throw new Error(`${where} cannot be served. ${reason}`, { cause: error });
  }
}

function definitionText({ DefinitionString, Definition }: Properties): string {
  if (DefinitionString !== undefined && Definition === undefined) return DefinitionString;
  if (Definition !== undefined && DefinitionString === undefined) return JSON.stringify(Definition);
  throw new Error('It needs either DefinitionString or Definition; a definition in S3 is not served.');
}

/** Replaces `${Name}` in the text, as CloudFormation does. A name that is left over would only be found by a run. */
function substitute(text: string, substitutions: Properties['DefinitionSubstitutions']): string {
  return text.replaceAll(/\$\{([A-Za-z0-9_]+)\}/gu, (_, name: string) => {
    const value = substitutions[name];
    if (value === undefined) throw new Error(`The definition uses \${${name}}, for which there is no substitution.`);
    return String(value);
  });
}
