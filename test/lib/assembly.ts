import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const projectFolder = fileURLToPath(new URL('../../', import.meta.url));

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, { Value: unknown; Export?: { Name: string } }>;
  readonly Parameters: Record<string, { Default?: unknown; AllowedPattern?: string }>;
}

export interface Assembly {
  readonly folder: string;
  readonly data: Template;
  /** All that works, of all stacks but the one that keeps state. */
  readonly platform: Template;
}

/** The synthesized stage, from scripts/build.ts; it is built once for all test files, as long as nothing changes. */
export async function givenAssembly(stage: string): Promise<Assembly> {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/build.ts', '--stage', stage], {
    cwd: projectFolder,
  });
  const folder = stdout.trim().split('\n').at(-1) ?? '';
  const read = (stack: string) =>
    JSON.parse(readFileSync(join(folder, `Quittance-${stage}-${stack}.template.json`), 'utf8')) as Template;
  return { folder, data: read('Data'), platform: togetherOf(workingStacks.map(read)) };
}

/** The stacks that keep nothing. */
export const workingStacks = ['Fraud', 'Platform', 'Upkeep'] as const;

/** What stacks have together: their logical ids differ, for they have no construct of the same name. */
export function togetherOf(templates: readonly Template[]): Template {
  return {
    Resources: Object.assign({}, ...templates.map((each) => each.Resources)) as Template['Resources'],
    Outputs: Object.assign({}, ...templates.map((each) => each.Outputs)) as Template['Outputs'],
    Parameters: Object.assign({}, ...templates.map((each) => each.Parameters)) as Template['Parameters'],
  };
}

/** The resources of a type, by their logical ids. */
export function resourcesOfType(template: Template, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** All files of the assembly. */
export function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * A value of the platform's template as people read it: `{Fn::ImportValue: …TokensTable…}` is `TokensTable`, an index is
 * `PaymentsTable/index/byOwner`. The attribute Arn and CDK's hashes are left out.
 */
export function readable({ data, platform }: Assembly, value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument] = ['', undefined]] = Object.entries(value as Record<string, unknown>);
  switch (name) {
    case 'Ref':
      return withoutHash(argument as string);
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = argument as [string, string];
      return attribute === 'Arn' ? withoutHash(logicalId) : `${withoutHash(logicalId)}.${attribute}`;
    }
    case 'Fn::ImportValue': {
      const outputs = [data, platform].flatMap(({ Outputs: all = {} }) => Object.values(all));
      const output = outputs.find((each) => each.Export?.Name === argument);
      return readable({ data, platform } as Assembly, output?.Value);
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => readable({ data, platform } as Assembly, part)).join(separator);
    }
    default:
      throw new Error(`No reading for ${JSON.stringify(value)}`);
  }
}

/** A logical id without the eight hexadecimal digits that CDK puts behind it. */
export function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/u, '');
}
