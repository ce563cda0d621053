import { createPublicKey } from 'node:crypto';
import type { KMSClient } from '@aws-sdk/client-kms';
import { DecryptCommand, GetPublicKeyCommand, InvalidCiphertextException } from '@aws-sdk/client-kms';
import * as z from 'zod';
import type { EnvelopeKey, EnvelopeKeyring, PublicEncryptionKey } from '../../core/tokens/ports.ts';

/** An envelope key by its name and where KMS keeps it. */
export interface KmsEnvelopeKey extends EnvelopeKey {
  readonly keyArn: string;
}

/** Keys of envelopes in KMS: the first is the current one, older ones still open what was made for them. */
export function kmsEnvelopeKeyring(keys: readonly KmsEnvelopeKey[], client: KMSClient): EnvelopeKeyring {
  return {
    keys,
    unwrapContentKey: async (kid, encryptedKey) => {
      const key = keys.find((candidate) => candidate.kid === kid);
      if (!key) return undefined;
      try {
        const { Plaintext: contentKey } = await client.send(
          new DecryptCommand({
            KeyId: key.keyArn,
            CiphertextBlob: encryptedKey,
            EncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
          }),
        );
        return contentKey;
      } catch (error) {
        // Only this says that the sender is wrong; everything else is ours and must not look like a bad envelope.
        if (error instanceof InvalidCiphertextException) return undefined;
        throw error;
      }
    },
  };
}

const rsaJwk = z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string() });

/**
 * Answers the current public key, asked of KMS once and then kept: keys change with the function's configuration,
 * which starts it anew. An answer that failed is not kept.
 */
export function kmsPublicKey(
  { kid, keyArn }: Pick<KmsEnvelopeKey, 'kid' | 'keyArn'>,
  client: KMSClient,
): () => Promise<PublicEncryptionKey> {
  let kept: PublicEncryptionKey | undefined;
  return async () => {
    kept ??= await readPublicKey(client, kid, keyArn);
    return kept;
  };
}

async function readPublicKey(client: KMSClient, kid: string, keyArn: string): Promise<PublicEncryptionKey> {
  const { PublicKey: der } = await client.send(new GetPublicKeyCommand({ KeyId: keyArn }));
  if (!der) throw new Error(`KMS answered no public key for ${kid}.`);
  const jwk = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }).export({ format: 'jwk' });
  const { kty, n, e } = rsaJwk.parse(jwk);
  return { kty, use: 'enc', alg: 'RSA-OAEP-256', kid, n, e };
}
