import { Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataStack } from './data-stack.ts';
import { GiftCardUpkeep } from './gift-card-upkeep.ts';
import { sendAlarms } from './house/alarm.ts';
import type { HouseStateMachine } from './house/state-machine.ts';
import { PaymentUpkeep } from './payment-upkeep.ts';
import type { Stage } from './stage.ts';

export interface UpkeepStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly resolvePayment: HouseStateMachine;
}

/**
 * What works though nobody calls: schedules, and functions that the tables' streams wake. It keeps nothing and can be replaced as a
 * whole. A stack of its own, because CloudFormation takes 500 resources in one (docs/decisions/0023).
 */
export class UpkeepStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, resolvePayment, ...props }: UpkeepStackProps) {
    super(scope, id, { description: `Quittance (${stage.name}): schedules and streams.`, ...props });
    new PaymentUpkeep(this, 'PaymentUpkeep', { stage, data, resolvePayment });
    new GiftCardUpkeep(this, 'GiftCardUpkeep', { stage, data });
    sendAlarms(this, stage);
  }
}
