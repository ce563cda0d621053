import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** A resource of a synthesized template; `properties` as they stand there, intrinsic functions and all. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy: string | undefined;
}

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
const template = z.object({ Resources: z.record(z.string(), resource).default({}) });

/** The resources of the template in a file. */
export function readTemplate(path: string): readonly TemplateResource[] {
  const { Resources: resources } = template.parse(JSON.parse(readFileSync(path, 'utf8')));
  return Object.entries(resources).map(([logicalId, each]) => ({
    logicalId,
    type: each.Type,
    properties: each.Properties,
    deletionPolicy: each.DeletionPolicy,
  }));
}

/** The resources of one of these types. */
export function ofType(
  resources: readonly TemplateResource[],
  ...types: readonly string[]
): readonly TemplateResource[] {
  return resources.filter(({ type }) => types.includes(type));
}

/** The value at a path of property names, or undefined where there is none. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((current, name) => (isRecord(current) ? current[name] : undefined), value);
}

/** The value as a list: itself when it is one, alone when it is not, empty when it is undefined. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The logical id that a `Ref` or `Fn::GetAtt` names. */
export function referenceOf(value: unknown): string | undefined {
  const reference = valueAt(value, 'Ref') ?? asList(valueAt(value, 'Fn::GetAtt'))[0];
  return typeof reference === 'string' ? reference : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
