import * as z from 'zod';
import type { Json, JsonObject, Resource } from '../kernel/service.ts';
import { withAssets } from './assets.ts';
import type { Identity } from './identity.ts';
import { resolveCondition, resolveValue } from './intrinsics.ts';
import type { Scope } from './intrinsics.ts';
import { lazily } from './lazily.ts';
import type { Trail } from './lazily.ts';
import { parameterValue } from './parameters.ts';
import type { StackSource } from './read-assembly.ts';
import { inertTypes, servedTypes } from './resource-types.ts';

/** What is the same for all stacks of an assembly. */
export interface Environment {
  readonly region: string;
  readonly accountId: string;
  readonly queueUrlBase: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly trail: Trail;
  /** An export's value, from whichever stack exports it. */
  readonly exported: (name: string) => Json;
  readonly stackOutput: (stack: string, output: string) => Json;
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const object = z.record(z.string(), z.json());

/** One stack, resolved as far as it was asked for. */
export class StackScope implements Scope {
  readonly name: string;
  readonly #source: StackSource;
  readonly #environment: Environment;
  readonly #pseudo: Readonly<Record<string, Json | undefined>>;
  readonly #identity: (logicalId: string) => Identity;
  /** Whether a condition of the template holds. */
  readonly condition: (name: string) => boolean;
  /** An output's value. */
  readonly output: (name: string) => Json;

  constructor(source: StackSource, environment: Environment) {
    this.name = source.name;
    this.#source = source;
    this.#environment = environment;
    this.#pseudo = pseudoParameters(source.name, environment);
    const once = <T>(kind: string, compute: (key: string) => T) =>
      lazily(environment.trail, (key) => `${source.name}/${key}${kind}`, compute);
    this.#identity = once('', (logicalId) => this.#identify(logicalId));
    this.condition = once(' (condition)', (name) => this.#decide(name));
    this.output = once(' (output)', (name) => this.#resolveOutput(name));
  }

  /** The resources whose condition holds, resolved. @throws Error naming the resource that cannot be resolved. */
  resources(): readonly Resource[] {
    return Object.entries(this.#source.template.Resources)
      .filter(([, resource]) => this.#exists(resource))
      .map(([logicalId, { Type: type, Properties }]) =>
        telling(`${this.name}/${logicalId} (${type})`, () => {
          const { physicalId, arn } = this.#identity(logicalId);
          const properties: JsonObject = object.parse(resolveValue(Properties, this));
          return {
            stack: this.name,
            logicalId,
            type,
            physicalId,
            arn,
            properties: withAssets(type, properties, this.#source.assets),
          };
        }),
      );
  }

  /** The outputs whose condition holds, by name. */
  outputs(): Readonly<Record<string, string>> {
    const names = this.#liveOutputs().map(([name]) => name);
    return Object.fromEntries(
      names.map((name) => [name, telling(`${this.name}, output ${name}`, () => text.parse(this.output(name)))]),
    );
  }

  /** The names under which this stack exports, each with its output's name. */
  exports(): readonly (readonly [string, string])[] {
    return this.#liveOutputs().flatMap(([name, { Export: exported }]) =>
      exported ? [[text.parse(resolveValue(exported.Name, this)), name] as const] : [],
    );
  }

  ref(name: string): Json | undefined {
    if (Object.hasOwn(this.#pseudo, name)) return this.#pseudo[name];
    const parameter = this.#source.template.Parameters[name];
    return parameter
      ? parameterValue(name, parameter, this.#environment.parameters[name])
      : this.#identity(name).physicalId;
  }

  attribute(logicalId: string, attribute: string): Json {
    const value = this.#identity(logicalId).attributes[attribute];
    if (value !== undefined) return value;
    const type = this.#source.template.Resources[logicalId]?.Type ?? 'unknown';
    throw new Error(`${logicalId} (${type}) has no attribute ${attribute} in the embedded cloud`);
  }

  mapping(map: string, topLevelKey: string, secondLevelKey: string): Json {
    const value = this.#source.template.Mappings[map]?.[topLevelKey]?.[secondLevelKey];
    if (value === undefined) throw new Error(`the mapping ${map} has no ${topLevelKey}.${secondLevelKey}`);
    return value;
  }

  exported(name: string): Json {
    return this.#environment.exported(name);
  }

  stackOutput(stack: string, output: string): Json {
    return this.#environment.stackOutput(stack, output);
  }

  #exists(item: { readonly Condition?: string | undefined }): boolean {
    return item.Condition === undefined || this.condition(item.Condition);
  }

  #liveOutputs() {
    return Object.entries(this.#source.template.Outputs).filter(([, output]) => this.#exists(output));
  }

  #decide(name: string): boolean {
    const expression = this.#source.template.Conditions[name];
    if (expression === undefined) throw new Error(`there is no condition ${name}`);
    return resolveCondition(expression, this);
  }

  #resolveOutput(name: string): Json {
    const output = this.#source.template.Outputs[name];
    if (!output || !this.#exists(output)) throw new Error(`the stack ${this.name} has no output ${name}`);
    return resolveValue(output.Value, this) ?? '';
  }

  #identify(logicalId: string): Identity {
    const resource = this.#source.template.Resources[logicalId];
    if (!resource || !this.#exists(resource)) {
      throw new Error(`there is no resource or parameter ${logicalId} in the stack ${this.name}`);
    }
    const identify = servedTypes.get(resource.Type) ?? inertTypes.get(resource.Type);
    if (!identify) throw new Error(`${logicalId} is of the type ${resource.Type}, which is not served`);
    const { region, accountId, queueUrlBase } = this.#environment;
    const property = (name: string) => {
      const value = resource.Properties[name];
      return value === undefined ? undefined : text.safeParse(resolveValue(value, this)).data;
    };
    return identify({ stack: this.name, logicalId, region, accountId, queueUrlBase, property });
  }
}

function pseudoParameters(
  stack: string,
  { region, accountId }: Environment,
): Readonly<Record<string, Json | undefined>> {
  return {
    'AWS::AccountId': accountId,
    'AWS::NoValue': undefined,
    'AWS::NotificationARNs': [],
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/local`,
    'AWS::StackName': stack,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}

/** Adds to an error where in the templates it happened. */
function telling<T>(where: string, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
