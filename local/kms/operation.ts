import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { Access, JsonObject } from '../kernel/service.ts';
import type { EncryptionContext } from './ciphertext.ts';
import type { Key } from './key-ring.ts';
import type { KeyUsage } from './key-specs.ts';

/** One operation of KMS: the rights it needs and what it does. */
export interface Operation {
  /** Of an input that `handle` refuses before it touches a key, none. */
  access(input: JsonObject): readonly Access[];
  handle(input: JsonObject): JsonObject;
}

/** An operation whose input is parsed once for both: `access` and `handle` see what the schema has let through. */
export function operation<T extends z.ZodType>(
  schema: T,
  parts: {
    readonly access: (input: z.infer<T>) => readonly Access[];
    readonly handle: (input: z.infer<T>) => JsonObject;
  },
): Operation {
  return {
    access: (input) => {
      const parsed = schema.safeParse(input);
      if (!parsed.success) return [];
      try {
        return parts.access(parsed.data);
      } catch (error) {
        // No such key, or no ciphertext of ours: `handle` answers that by the same code, so no right is in question.
        if (error instanceof AwsError) return [];
        throw error;
      }
    },
    handle: (input) => {
      const parsed = schema.safeParse(input);
      if (!parsed.success) throw validationError(describe(parsed.error));
      return parts.handle(parsed.data);
    },
  };
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** A blob of AWS JSON: base64, at most `maximum` bytes and never empty. */
export function blob(maximum: number) {
  return z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine(
      (bytes) => bytes.length >= 1 && bytes.length <= maximum,
      `Member must have length between 1 and ${maximum}`,
    );
}

export const keyId = z.string().min(1).max(2048);
export const encryptionContext = z.record(z.string(), z.string()).default({});

/** Throws what AWS answers when a key is switched off or made for something else. */
export function requireUsage(key: Key, usage: KeyUsage): void {
  if (!key.enabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  if (key.usage === usage) return;
  throw new AwsError(
    'InvalidKeyUsageException',
    `${key.arn} key usage is ${key.usage} which is not valid for this operation.`,
  );
}

/** Throws when an algorithm is not one that this key's spec allows. */
export function requireAlgorithm(key: Key, algorithm: string, allowed: readonly string[]): void {
  if (allowed.includes(algorithm)) return;
  throw new AwsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
}

/** The right to do `action` with a key; a policy may ask for parts of the encryption context. */
export function keyAccess(action: string, key: Key, context: EncryptionContext = {}): Access {
  const entries = Object.entries(context).map(([name, value]) => [`kms:EncryptionContext:${name}`, value] as const);
  return { action: `kms:${action}`, resource: key.arn, context: Object.fromEntries(entries) };
}

function describe(error: z.ZodError): string {
  const issues = error.issues.map(
    ({ path, message }) => `Value at '${path.join('.')}' failed to satisfy constraint: ${message}`,
  );
  return `${issues.length} validation error${issues.length === 1 ? '' : 's'} detected: ${issues.join('; ')}`;
}
