import type { Json, Resource } from '../kernel/service.ts';
import { lazily } from './lazily.ts';
import { readAssembly } from './read-assembly.ts';
import type { StackSource } from './read-assembly.ts';
import { inertTypes, servedTypes } from './resource-types.ts';
import { StackScope } from './stack-scope.ts';
import type { Environment } from './stack-scope.ts';

export interface AssemblyOptions {
  readonly region: string;
  readonly accountId: string;
  /** Values of the templates' parameters by name; one that no template declares is left aside. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The one Stage of the app to load; without it all stacks are loaded. */
  readonly stage?: string;
  /** Where queue URLs point, such as the gateway's URL; AWS's own host when not given. */
  readonly queueUrlBase?: string;
}

export interface Assembly {
  /** All resources, resolved to plain JSON, in the order of the templates; the inert ones among them. */
  readonly resources: readonly Resource[];
  /** Those of the resources that are accepted without effect, to be shown. */
  readonly inert: readonly Resource[];
  /** The outputs by stack and name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Loads a CDK cloud assembly: reads its templates and answers every resource with all references resolved.
 *
 * @param directory Where `manifest.json` is (cdk.out).
 * @throws Error naming every resource of a type that is neither served nor inert, or the value that cannot be resolved.
 */
export function loadAssembly(directory: string, options: AssemblyOptions): Assembly {
  const sources = readAssembly(directory, options.stage);
  refuseUnservedTypes(sources);
  const stacks = linkStacks(sources, options);
  const resources = stacks.flatMap((stack) => stack.resources());
  return {
    resources,
    inert: resources.filter(({ type }) => inertTypes.has(type)),
    outputs: Object.fromEntries(stacks.map((stack) => [stack.name, stack.outputs()])),
  };
}

/** Said before anything else is looked at: a type that is not understood must not be left out silently. */
function refuseUnservedTypes(sources: readonly StackSource[]): void {
  const unserved = sources.flatMap(({ name, template }) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => !servedTypes.has(Type) && !inertTypes.has(Type))
      .map(([logicalId, { Type }]) => `${Type} (${name}/${logicalId})`),
  );
  if (unserved.length === 0) return;
  throw new Error(`The embedded cloud does not serve these resources: ${unserved.join(', ')}. See local/README.md.`);
}

/** Lets every stack see the exports and outputs of all others. */
function linkStacks(sources: readonly StackSource[], options: AssemblyOptions): readonly StackScope[] {
  const { region, accountId, parameters } = options;
  const trail = { underWay: [] };
  const stackOutput = (stackName: string, output: string): Json => {
    const stack = stacks.find(({ name }) => name === stackName);
    if (!stack) throw new Error(`there is no stack ${stackName} in the assembly`);
    return stack.output(output);
  };
  const exported = lazily(
    trail,
    (name) => `export ${name}`,
    (name): Json => {
      for (const stack of stacks) {
        const found = stack.exports().find(([exportName]) => exportName === name);
        if (found) return stack.output(found[1]);
      }
      throw new Error(`no stack of the assembly exports ${name}`);
    },
  );
  const queueUrlBase = options.queueUrlBase ?? `https://sqs.${region}.amazonaws.com`;
  const environment: Environment = { region, accountId, parameters, queueUrlBase, trail, stackOutput, exported };
  const stacks = sources.map((source) => new StackScope(source, environment));
  return stacks;
}
