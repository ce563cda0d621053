import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Environment as CountDeclinesEnvironment } from '../lambdas/fraud/count-declines.event.ts';
import type { Environment as ScoreFraudEnvironment } from '../lambdas/fraud/score-fraud.task.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import type { Stage } from './stage.ts';

/** Scoring, and the counters that feed it. */
export class Fraud extends Construct {
  /** The task of authorize-payment. */
  readonly scoreFraud: HouseFunction;

  constructor(scope: Construct, id: string, { stage, data }: { readonly stage: Stage; readonly data: DataStack }) {
    super(scope, id);
    const { fraudTable, paymentsTable, eventBus } = data;
    this.scoreFraud = new HouseFunction(this, 'ScoreFraud', {
      stage,
      handler: 'fraud/score-fraud.task',
      purpose: 'counts a payment and scores it',
      timeoutSeconds: 3,
      environment: {
        FRAUD_TABLE_NAME: fraudTable.tableName,
        AMOUNT_LIMIT_MAJOR_UNITS: String(stage.amountLimitMajorUnits),
      } satisfies VariablesOf<ScoreFraudEnvironment>,
    }).may(['dynamodb:UpdateItem'], fraudTable.tableArn);

    const countDeclines = new HouseFunction(this, 'CountDeclines', {
      stage,
      handler: 'fraud/count-declines.event',
      purpose: 'counts the declines of a card, an address and a device',
      timeoutSeconds: 10,
      environment: {
        FRAUD_TABLE_NAME: fraudTable.tableName,
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
      } satisfies VariablesOf<CountDeclinesEnvironment>,
    })
      .may(['dynamodb:UpdateItem'], fraudTable.tableArn)
      .may(['dynamodb:GetItem'], paymentsTable.tableArn);
    this.wakeByDeclines(eventBus, countDeclines);
  }

  private wakeByDeclines(eventBus: EventBus, { function: handler, deadLetters }: HouseFunction): void {
    new Rule(this, 'DeclinesRule', {
      description: 'Hands every declined payment to count-declines.',
      eventBus,
      eventPattern: { source: ['quittance'], detailType: ['payment.declined'] },
      targets: [new LambdaFunction(handler, { ...(deadLetters && { deadLetterQueue: deadLetters }) })],
    });
  }
}
