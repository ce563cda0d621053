import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const functionResource = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Properties: z.object({
    Description: z.string(),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
  }),
});
const template = z.object({ Resources: z.record(z.string(), z.unknown()) });

/**
 * The environment of each function of a cloud assembly, by its verb-noun (a function's description begins with it).
 * What only a deployment knows is filled with a placeholder of the same kind: an ARN, an address, a key, a name.
 */
export function functionEnvironments(assembly: string): Map<string, Record<string, string>> {
  const environments = new Map<string, Record<string, string>>();
  for (const file of readdirSync(assembly).filter((name) => name.endsWith('.template.json'))) {
    const { Resources: resources } = template.parse(JSON.parse(readFileSync(join(assembly, file), 'utf8')));
    for (const resource of Object.values(resources)) {
      const parsed = functionResource.safeParse(resource);
      if (!parsed.success) continue;
      const { Description: description, Environment: environment } = parsed.data.Properties;
      const variables = Object.entries(environment?.Variables ?? {}).map(
        ([name, value]) => [name, fill(name, value)] as const,
      );
      environments.set(description.split(':')[0] ?? description, Object.fromEntries(variables));
    }
  }
  return environments;
}

const joined = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });

function fill(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  const join = joined.safeParse(value);
  if (join.success) {
    const [separator, parts] = join.data['Fn::Join'];
    return parts.map((part) => (typeof part === 'string' ? part : placeholder('KEY_ARN'))).join(separator);
  }
  return placeholder(name);
}

function placeholder(name: string): string {
  if (name.endsWith('_URL')) return 'https://placeholder.example/000000000000/placeholder';
  if (name.endsWith('_ARN')) return 'arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-0000-0000-000000000000';
  if (name.endsWith('_NOTIFICATION_KEYS')) return `whpk_${Buffer.alloc(32).toString('base64')}`;
  return 'placeholder';
}
