import type { KMSClient } from '@aws-sdk/client-kms';
import { GetPublicKeyCommand, SignCommand } from '@aws-sdk/client-kms';
import type { RootSigner } from '../../core/ledger/journal/ports.ts';

/** Signs in KMS, which never gives the key away, and tells the public key, so that the signature outlives the key. */
export function kmsRootSigner(keyArn: string, client: KMSClient): RootSigner {
  return {
    sign: async (message) => {
      const { PublicKey: publicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyArn }));
      const { Signature: signature } = await client.send(
        new SignCommand({
          KeyId: keyArn,
          Message: Buffer.from(message),
          MessageType: 'RAW',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      );
      if (!signature || !publicKey) throw new Error('KMS answered no signature or no public key.');
      return { signature, publicKey };
    },
  };
}
