import { join } from 'node:path';
import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { Resource, ServiceOptions } from '../kernel/service.ts';
import { prepareFolder, readOrCreateKeyFile } from './key-files.ts';
import { keySpecs, keyUsages, readMaterial, usagesBySpec } from './key-specs.ts';
import type { KeySpec, KeyUsage, Material } from './key-specs.ts';

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly materialId: string;
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly description: string;
  readonly enabled: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly material: Material;
}

/** All keys of the template, found as AWS lets callers name them. */
export interface KeyRing {
  /** By key id, key ARN, alias name or alias ARN. Throws NotFoundException. */
  find(keyId: string): Key;
  /** The key under which a ciphertext was sealed, if it is one of ours. */
  findByMaterial(materialId: string): Key | undefined;
}

export type KeyRingOptions = Pick<ServiceOptions, 'resources' | 'clock' | 'dataDir' | 'region' | 'accountId' | 'log'>;

const keyProperties = z.looseObject({
  KeySpec: z.enum(keySpecs).default('SYMMETRIC_DEFAULT'),
  KeyUsage: z.enum(keyUsages).default('ENCRYPT_DECRYPT'),
  Description: z.string().default(''),
  Enabled: z.boolean().default(true),
  Origin: z.literal('AWS_KMS').default('AWS_KMS'),
});
const aliasProperties = z.looseObject({ AliasName: z.string().startsWith('alias/'), TargetKeyId: z.string() });

/** The template's keys with their material from disk; a key that has none yet gets it now, once. */
export function openKeyRing(options: KeyRingOptions): KeyRing {
  const folder = join(options.dataDir, 'kms');
  prepareFolder(folder);
  const keys = options.resources
    .filter(({ type }) => type === 'AWS::KMS::Key')
    .map((resource) => openKey(folder, resource, options));
  return createKeyRing(keys, readAliases(options.resources), options);
}

/** A ring of keys that are at hand. `aliases` leads from an alias's name to a key's id or ARN. */
export function createKeyRing(
  keys: readonly Key[],
  aliases: ReadonlyMap<string, string>,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): KeyRing {
  const prefix = `arn:aws:kms:${region}:${accountId}:`;
  const byName = new Map(keys.flatMap((key) => [[key.id, key] as const, [key.arn, key] as const]));
  const byMaterial = new Map(keys.map((key) => [key.materialId, key]));
  for (const [alias, target] of aliases) {
    const key = byName.get(target);
    if (!key) throw new Error(`${alias} points to the key ${target}, which the template does not have.`);
    byName.set(alias, key).set(prefix + alias, key);
  }
  return {
    find: (keyId) => {
      const key = byName.get(keyId);
      if (key) return key;
      const arn = keyId.startsWith('arn:') ? keyId : prefix + (keyId.startsWith('alias/') ? keyId : `key/${keyId}`);
      throw new AwsError(
        'NotFoundException',
        arn.includes(':alias/') ? `Alias ${arn} is not found.` : `Key '${arn}' does not exist`,
      );
    },
    findByMaterial: (materialId) => byMaterial.get(materialId),
  };
}

function openKey(folder: string, resource: Resource, { clock, log }: KeyRingOptions): Key {
  const name = `${resource.stack}-${resource.logicalId}`;
  const { KeySpec: spec, KeyUsage: usage, Description: description, Enabled: enabled } = readProperties(name, resource);
  const { file, created } = readOrCreateKeyFile(folder, { name, keySpec: spec, keyUsage: usage, now: clock.now() });
  if (created) log(`kms: made key ${name} (${spec})`);
  const material = readMaterial(spec, Buffer.from(file.material, 'base64'));
  const { materialId, createdAt } = file;
  return {
    id: resource.physicalId,
    arn: resource.arn,
    materialId,
    spec,
    usage,
    description,
    enabled,
    createdAt,
    material,
  };
}

function readProperties(name: string, resource: Resource): z.infer<typeof keyProperties> {
  const parsed = keyProperties.safeParse(resource.properties);
  if (!parsed.success) throw new Error(`Key ${name} cannot be served: ${z.prettifyError(parsed.error)}`);
  if (!usagesBySpec[parsed.data.KeySpec].includes(parsed.data.KeyUsage)) {
    throw new Error(
      `Key ${name}: KeyUsage ${parsed.data.KeyUsage} is not compatible with KeySpec ${parsed.data.KeySpec}.`,
    );
  }
  return parsed.data;
}

function readAliases(resources: readonly Resource[]): ReadonlyMap<string, string> {
  const aliases = resources
    .filter(({ type }) => type === 'AWS::KMS::Alias')
    .map(({ properties }) => aliasProperties.parse(properties));
  return new Map(aliases.map(({ AliasName, TargetKeyId }) => [AliasName, TargetKeyId]));
}
