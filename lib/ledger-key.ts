import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Stage } from './stage.ts';

/**
 * The key that signs each closed day of the journal. It is never deleted with the stack: roots name its public half
 * beside their signatures, and whoever doubts that compares it with what KMS answers for this key.
 */
export class LedgerKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.key = new Key(this, 'Resource', {
      description: `Signs the closed days of the journal (${stage.name}).`,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
