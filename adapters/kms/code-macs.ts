import type { KMSClient } from '@aws-sdk/client-kms';
import { GenerateMacCommand } from '@aws-sdk/client-kms';
import type { CodeMacs } from '../../core/gift-cards/ports.ts';

/** A key for gift cards' codes: HMAC keys cannot be rotated in place, so each has a version that hashes carry. */
export interface KmsCodeKey {
  readonly version: number;
  readonly keyArn: string;
}

/** Keyed hashes (HMAC-SHA-256) in KMS: the keys never leave it, so that no table tells a code. */
export function kmsCodeMacs(keys: readonly [KmsCodeKey, ...KmsCodeKey[]], client: KMSClient): CodeMacs {
  const [current, ...older] = keys;
  return {
    keyVersions: [current.version, ...older.map(({ version }) => version)],
    mac: async (keyVersion, message) => {
      const key = keys.find(({ version }) => version === keyVersion);
      if (!key) throw new Error(`No key for codes has version ${keyVersion}.`);
      const { Mac: mac } = await client.send(
        new GenerateMacCommand({ KeyId: key.keyArn, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from(message) }),
      );
      if (!mac) throw new Error('KMS answered no keyed hash.');
      return mac;
    },
  };
}
