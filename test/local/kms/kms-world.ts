import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { createKmsService } from '../../../local/kms/kms-service.ts';
import { createClock } from '../../../local/kernel/clock.ts';
import type { AwsService, JsonObject, Resource, ServiceOptions } from '../../../local/kernel/service.ts';
import { openStore } from '../../../local/kernel/store.ts';
import { serveAwsJson } from './aws-json-endpoint.ts';
import type { AwsJsonEndpoint } from './aws-json-endpoint.ts';

export const region = 'eu-central-1';
export const accountId = '000000000000';

export interface KmsWorld {
  readonly dataDir: string;
  readonly client: KMSClient;
  readonly endpoint: AwsJsonEndpoint;
  readonly lines: string[];
  close(): Promise<void>;
}

const folders: string[] = [];

export function givenDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-kms-'));
  folders.push(folder);
  return folder;
}

/** Removes every folder that this file's tests were given. */
export function removeDataFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A key of the template, by its logical id. */
export function givenKey(logicalId: string, properties: JsonObject = {}): Resource {
  const physicalId = `data-${logicalId}`;
  const arn = `arn:aws:kms:${region}:${accountId}:key/${physicalId}`;
  return { stack: 'data', logicalId, type: 'AWS::KMS::Key', properties, physicalId, arn };
}

export function givenAlias(name: string, key: Resource): Resource {
  const properties = { AliasName: name, TargetKeyId: key.arn };
  const arn = `arn:aws:kms:${region}:${accountId}:${name}`;
  return { stack: 'data', logicalId: 'Alias', type: 'AWS::KMS::Alias', properties, physicalId: name, arn };
}

export function openKms(dataDir: string, resources: readonly Resource[], lines: string[] = []): AwsService {
  const store = openStore(':memory:');
  const options: Omit<ServiceOptions, 'faults' | 'dispatch'> = {
    resources,
    clock: createClock({ store }),
    store,
    dataDir,
    region,
    accountId,
    log: (line) => lines.push(line),
  };
  return createKmsService(options as ServiceOptions);
}

/** KMS with these resources behind a real SDK client. */
export async function givenKms(resources: readonly Resource[], dataDir = givenDataFolder()): Promise<KmsWorld> {
  const lines: string[] = [];
  const endpoint = await serveAwsJson(openKms(dataDir, resources, lines), { now: () => Date.now() });
  const client = new KMSClient(endpoint.clientOptions);
  return {
    dataDir,
    client,
    endpoint,
    lines,
    close: async () => {
      client.destroy();
      await endpoint.close();
    },
  };
}
