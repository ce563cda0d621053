import type { KMSClient } from '@aws-sdk/client-kms';
import { DecryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import type { DataKeyMaker, DataKeyUnwrapper } from '../../core/tokens/ports.ts';
import { createKmsClient } from './client.ts';

/**
 * Data keys of 256 bits under the vault's key, each bound to one token by the encryption context. A wrapped key that
 * was moved to another token does not open: KMS throws InvalidCiphertextException.
 */
export function kmsDataKeys(
  vaultKeyArn: string,
  client: KMSClient = createKmsClient(),
): DataKeyMaker & DataKeyUnwrapper {
  return {
    generate: async (tokenId) => {
      const { Plaintext: plaintext, CiphertextBlob: wrapped } = await client.send(
        new GenerateDataKeyCommand({ KeyId: vaultKeyArn, KeySpec: 'AES_256', EncryptionContext: { tokenId } }),
      );
      if (!plaintext || !wrapped) throw new Error('KMS answered no data key.');
      return { plaintext, wrapped };
    },
    unwrap: async (tokenId, wrapped) => {
      const { Plaintext: plaintext } = await client.send(
        new DecryptCommand({ KeyId: vaultKeyArn, CiphertextBlob: wrapped, EncryptionContext: { tokenId } }),
      );
      if (!plaintext) throw new Error('KMS answered no data key.');
      return plaintext;
    },
  };
}
