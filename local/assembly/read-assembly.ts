import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { templateSchema } from './template.ts';
import type { Template } from './template.ts';

/** A stack as the CDK left it: its template unresolved, and where its assets lie. */
export interface StackSource {
  readonly name: string;
  readonly template: Template;
  /** Absolute paths of files and directories by the object key under which AWS would have them in S3. */
  readonly assets: ReadonlyMap<string, string>;
}

const artifact = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('aws:cloudformation:stack'),
    properties: z.object({ templateFile: z.string(), stackName: z.string().optional() }),
  }),
  z.object({ type: z.literal('cdk:asset-manifest'), properties: z.object({ file: z.string() }) }),
  z.object({
    type: z.literal('cdk:cloud-assembly'),
    properties: z.object({ directoryName: z.string(), displayName: z.string().optional() }),
  }),
]);

const known: ReadonlySet<string> = new Set(['aws:cloudformation:stack', 'cdk:asset-manifest', 'cdk:cloud-assembly']);
const manifest = z.object({ artifacts: z.record(z.string(), z.looseObject({ type: z.string() })).default({}) });

const assetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/**
 * Reads a cloud assembly and the Stage assemblies nested in it.
 *
 * @param directory Where `manifest.json` is (cdk.out).
 * @param stage The id of the one Stage to read; without it all stacks of all stages are read.
 * @throws Error naming the file when one is missing or is no assembly, or when there is no such stage.
 */
export function readAssembly(directory: string, stage?: string): readonly StackSource[] {
  const stacks = collect(resolve(directory), stage);
  if (stacks.length === 0) {
    throw new Error(`The assembly ${directory} holds no stack${stage === undefined ? '' : ` of a stage "${stage}"`}.`);
  }
  return stacks;
}

function collect(directory: string, stage: string | undefined): readonly StackSource[] {
  const { artifacts } = parseFile(manifest, join(directory, 'manifest.json'));
  const entries = Object.entries(artifacts)
    .filter(([, { type }]) => known.has(type))
    .map(([id, raw]) => ({ id, entry: artifact.parse(raw) }));
  const assets = new Map(
    entries.flatMap(({ entry }) =>
      entry.type === 'cdk:asset-manifest' ? readAssets(directory, entry.properties.file) : [],
    ),
  );
  return entries.flatMap(({ id, entry }) => {
    switch (entry.type) {
      case 'aws:cloudformation:stack': {
        if (stage !== undefined) return [];
        const { templateFile, stackName } = entry.properties;
        return [{ name: stackName ?? id, template: parseFile(templateSchema, join(directory, templateFile)), assets }];
      }
      case 'cdk:cloud-assembly': {
        const { directoryName, displayName } = entry.properties;
        const named = stage === undefined || displayName === stage || id === `assembly-${stage}`;
        return named ? collect(join(directory, directoryName), undefined) : [];
      }
      case 'cdk:asset-manifest':
        return [];
    }
  });
}

function readAssets(directory: string, file: string): readonly (readonly [string, string])[] {
  const { files } = parseFile(assetManifest, join(directory, file));
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }) => [objectKey, resolve(directory, source.path)] as const),
  );
}

function parseFile<T extends z.ZodType>(schema: T, path: string): z.infer<T> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(
      `Cannot read ${basename(path)} of the cloud assembly: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new Error(`${basename(path)} is not what the CDK writes: ${z.prettifyError(result.error)}`);
}
