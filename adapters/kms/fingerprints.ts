import type { KMSClient } from '@aws-sdk/client-kms';
import { GenerateMacCommand } from '@aws-sdk/client-kms';
import type { Fingerprinter } from '../../core/tokens/ports.ts';

/** A fingerprint key: HMAC keys cannot be rotated in place, so each has a version that its fingerprints carry. */
export interface KmsFingerprintKey {
  readonly version: number;
  readonly keyArn: string;
}

/** Fingerprints card numbers with HMAC-SHA-256 in KMS: without the key nobody can try numbers out. */
export function kmsFingerprinter({ version, keyArn }: KmsFingerprintKey, client: KMSClient): Fingerprinter {
  return {
    fingerprint: async (number) => {
      const { Mac: mac } = await client.send(
        new GenerateMacCommand({ KeyId: keyArn, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from(number) }),
      );
      if (!mac) throw new Error('KMS answered no fingerprint.');
      return { version, value: Buffer.from(mac).toString('base64url') };
    },
  };
}
