import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataStack } from './data-stack.ts';
import { Fraud } from './fraud.ts';
import { FraudUpkeep } from './fraud-upkeep.ts';
import { sendAlarms } from './house/alarm.ts';
import type { Stage } from './stage.ts';

export interface FraudStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/**
 * All about fraud but reviews, which are part of a payment's way. It keeps nothing and can be replaced as a whole; `Platform` takes
 * its functions into workflows and routes (docs/decisions/0025).
 */
export class FraudStack extends Stack {
  readonly fraud: Fraud;

  constructor(scope: Construct, id: string, { stage, data, ...props }: FraudStackProps) {
    super(scope, id, { description: `Quittance (${stage.name}): scoring, and what operators set of it.`, ...props });
    this.fraud = new Fraud(this, 'Fraud', { stage, data });
    new FraudUpkeep(this, 'FraudUpkeep', { stage, data });
    sendAlarms(this, stage);
  }
}
