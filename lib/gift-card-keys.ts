import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Stage } from './stage.ts';

/**
 * The keys of gift cards' codes, apart from the vault's: codes are made and hashed under them. None is ever deleted with
 * the stack, for without it no card of its version is found again.
 */
export class GiftCardKeys extends Construct {
  /** By version, the current one first. KMS cannot rotate their kind: a new version in cdk.json is the rotation. */
  readonly codeKeys: readonly { readonly version: number; readonly key: Key }[];

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.codeKeys = stage.giftCardCodeKeys.map(({ version }) => ({
      version,
      key: new Key(this, `GiftCardCodeKey${version}`, {
        description: `Makes and hashes gift card codes, version ${version} (${stage.name}).`,
        keySpec: KeySpec.HMAC_256,
        keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
    }));
  }

  /** The variable GIFT_CARD_CODE_KEYS. */
  get codeKeysJson(): string {
    return Stack.of(this).toJsonString(this.codeKeys.map(({ version, key }) => ({ version, keyArn: key.keyArn })));
  }

  get codeKeyArns(): readonly string[] {
    return this.codeKeys.map(({ key }) => key.keyArn);
  }
}
