import { CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { routes } from '../contracts/routes.ts';
import type { DataStack } from './data-stack.ts';
import { Disputes } from './disputes.ts';
import { Documentation } from './documentation.ts';
import { Exceptions } from './exceptions.ts';
import type { Fraud } from './fraud.ts';
import { Fx } from './fx.ts';
import { GiftCards } from './gift-cards.ts';
import { sendAlarms } from './house/alarm.ts';
import { HouseApi } from './house/http-api.ts';
import type { HouseStateMachine } from './house/state-machine.ts';
import { Ledger } from './ledger.ts';
import { Payments } from './payments.ts';
import { Settlement } from './settlement.ts';
import { acquirerUrlPattern, notificationKeysPattern } from './stage.ts';
import type { Stage } from './stage.ts';
import { Tokens } from './tokens.ts';

export interface PlatformStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly fraud: Fraud;
}

/** The API, and what works for its callers: functions and workflows. It keeps nothing and can be replaced as a whole. */
export class PlatformStack extends Stack {
  /** Started for payments that somebody has to look into. */
  readonly resolvePayment: HouseStateMachine;

  constructor(scope: Construct, id: string, { stage, data, fraud, ...props }: PlatformStackProps) {
    super(scope, id, { description: `Quittance (${stage.name}): API, functions and workflows.`, ...props });
    const acquirerUrl = new CfnParameter(this, 'AcquirerUrl', {
      description: 'Base URL of the acquirer.',
      allowedPattern: acquirerUrlPattern(stage),
      constraintDescription: 'Card numbers are sent there: an https:// address without query.',
      default: stage.acquirerUrl,
    }).valueAsString;
    const acquirerNotificationKeys = new CfnParameter(this, 'AcquirerNotificationKeys', {
      description: "The public keys by which the acquirer's notifications are known (whpk_…), with a blank between.",
      allowedPattern: notificationKeysPattern,
      default: stage.acquirerNotificationKeys,
    }).valueAsString;
    const ratesUrl = new CfnParameter(this, 'RatesUrl', {
      description: "Where the ECB's daily reference rates are, or a file in their format.",
      allowedPattern: '^https?://.+',
      default: stage.ratesUrl,
    }).valueAsString;

    const documentation = new Documentation(this, 'Documentation', { stage });
    const tokens = new Tokens(this, 'Tokens', { stage, data });
    const payments = new Payments(this, 'Payments', { stage, data, acquirerUrl, fraud });
    this.resolvePayment = payments.resolvePayment;
    const fx = new Fx(this, 'Fx', { stage, data, ratesUrl });
    const giftCards = new GiftCards(this, 'GiftCards', { stage, data });
    new Settlement(this, 'Settlement', { stage, data, acquirerUrl });
    const ledger = new Ledger(this, 'Ledger', { stage, data });
    const exceptions = new Exceptions(this, 'Exceptions', { stage, data });
    const disputes = new Disputes(this, 'Disputes', { stage, data, acquirerNotificationKeys });
    const api = new HouseApi(this, 'Api', {
      stage,
      routes,
      functions: [
        ...documentation.functions,
        ...tokens.functions,
        ...payments.functions,
        ...fx.functions,
        ...giftCards.functions,
        ...disputes.functions,
        ...fraud.functions,
        ...ledger.functions,
        ...exceptions.functions,
      ],
      userPool: data.access.userPool,
      clients: data.access.machineClients,
    });

    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'Base URL of the API.' });
    sendAlarms(this, stage);
  }
}
