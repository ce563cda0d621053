import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
} from 'node:fs';
import { rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { generateMaterial, keySpecs, keyUsages } from './key-specs.ts';
import type { KeySpec, KeyUsage } from './key-specs.ts';

const keyFile = z.strictObject({
  version: z.literal(1),
  /** Written into each ciphertext, so that a ciphertext finds its key even when the key's id has changed. */
  materialId: z.uuid(),
  keySpec: z.enum(keySpecs),
  keyUsage: z.enum(keyUsages),
  createdAt: z.number(),
  material: z.base64(),
});
export type KeyFile = z.infer<typeof keyFile>;

/** What is asked of a key's file: the key's durable name and what the template says of it. */
export interface KeyWish {
  /** The file's name without ending: stack and logical id. */
  readonly name: string;
  readonly keySpec: KeySpec;
  readonly keyUsage: KeyUsage;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Makes the folder of keys readable by the owner alone, also where it was made otherwise before, and clears what a
 * kill in the middle of writing a key has left: such a key was never used.
 */
export function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.tmp')) rmSync(join(folder, name));
  }
}

/**
 * Reads the key's file, or makes the key once and writes its file before anybody can use it. Throws when the file is
 * damaged or of another spec or usage: a new key in its place would make everything sealed under it unreadable.
 */
export function readOrCreateKeyFile(
  folder: string,
  wish: KeyWish,
): { readonly file: KeyFile; readonly created: boolean } {
  const path = join(folder, `${wish.name}.json`);
  if (!existsSync(path)) return { file: createKeyFile(folder, path, wish), created: true };
  const file = readKeyFile(path, wish.name);
  if (file.keySpec !== wish.keySpec || file.keyUsage !== wish.keyUsage) {
    throw new Error(
      `The template asks for key ${wish.name} as ${wish.keySpec}, ${wish.keyUsage}; on disk it is ${file.keySpec}, ` +
        `${file.keyUsage}. A key is not replaced: give the new key a logical id of its own.`,
    );
  }
  return { file, created: false };
}

function readKeyFile(path: string, name: string): KeyFile {
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return keyFile.parse(content);
  } catch {
    // The cause is not passed on: a parser's message may quote the file, and the file is a key.
    throw new Error(`The file of key ${name} is damaged. Restore it; what is sealed under the key is lost without it.`);
  }
}

function createKeyFile(folder: string, path: string, wish: KeyWish): KeyFile {
  const file: KeyFile = {
    version: 1,
    materialId: randomUUID(),
    keySpec: wish.keySpec,
    keyUsage: wish.keyUsage,
    createdAt: wish.now,
    material: generateMaterial(wish.keySpec).toString('base64'),
  };
  const temporary = join(folder, `${wish.name}.${randomUUID()}.tmp`);
  const handle = openSync(temporary, 'wx', 0o600);
  writeSync(handle, JSON.stringify(file));
  fsyncSync(handle);
  closeSync(handle);
  // A link, unlike a rename, never takes the place of a key that is already there.
  linkSync(temporary, path);
  rmSync(temporary);
  syncFolder(folder);
  return file;
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
