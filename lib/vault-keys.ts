import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { toPascalCase } from './house/verb-noun.ts';
import type { Stage } from './stage.ts';

/**
 * The keys of the vault. Only the functions that tokenize and authorize are granted their use; none is ever deleted
 * with the stack, for without them every card is lost.
 */
export class VaultKeys extends Construct {
  /** Symmetric, rotated by KMS every year: wraps the data key of each token. */
  readonly vaultKey: Key;
  /** By kid, the current one first: the pages' envelopes are made for them. */
  readonly envelopeKeys: readonly {
    readonly kid: string;
    readonly key: Key;
    readonly retiredAt?: string | undefined;
  }[];
  /** By version, the current one first: the cards' fingerprints are made with them. */
  readonly fingerprintKeys: readonly { readonly version: number; readonly key: Key }[];

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.vaultKey = new Key(this, 'VaultKey', {
      description: `Wraps the data keys of tokens (${stage.name}).`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // KMS can rotate neither kind below: a new kid or version in cdk.json is their rotation (docs/runbook.md).
    this.envelopeKeys = stage.envelopeKeys.map(({ kid, retiredAt }) => ({
      kid,
      retiredAt,
      key: this.createKey(
        `EnvelopeKey${toPascalCase(kid)}`,
        `Opens envelopes of kid ${kid} (${stage.name}).`,
        KeySpec.RSA_3072,
        KeyUsage.ENCRYPT_DECRYPT,
      ),
    }));
    this.fingerprintKeys = stage.fingerprintKeys.map(({ version }) => ({
      version,
      key: this.createKey(
        `FingerprintKey${version}`,
        `Marks cards, version ${version} (${stage.name}).`,
        KeySpec.HMAC_256,
        KeyUsage.GENERATE_VERIFY_MAC,
      ),
    }));
  }

  /** The variable ENVELOPE_KEYS. */
  get envelopeKeysJson(): string {
    const keys = this.envelopeKeys.map(({ kid, key, retiredAt }) => ({
      kid,
      keyArn: key.keyArn,
      ...(retiredAt !== undefined && { retiredAt }),
    }));
    return Stack.of(this).toJsonString(keys);
  }

  /** The variable FINGERPRINT_KEYS. */
  get fingerprintKeysJson(): string {
    return Stack.of(this).toJsonString(
      this.fingerprintKeys.map(({ version, key }) => ({ version, keyArn: key.keyArn })),
    );
  }

  get envelopeKeyArns(): readonly string[] {
    return this.envelopeKeys.map(({ key }) => key.keyArn);
  }

  get fingerprintKeyArns(): readonly string[] {
    return this.fingerprintKeys.map(({ key }) => key.keyArn);
  }

  private createKey(id: string, description: string, keySpec: KeySpec, keyUsage: KeyUsage): Key {
    return new Key(this, id, { description, keySpec, keyUsage, removalPolicy: RemovalPolicy.RETAIN });
  }
}
