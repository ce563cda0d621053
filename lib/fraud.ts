import { Duration } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { servingLogMessages } from '../core/fraud/serving/log-messages.ts';
import type { Environment as CountDeclinesEnvironment } from '../lambdas/fraud/count-declines.event.ts';
import type { Environment as RecordLabelEnvironment } from '../lambdas/fraud/record-label.event.ts';
import type { Environment as RememberPaymentsEnvironment } from '../lambdas/fraud/remember-payments.stream.ts';
import type { Environment as ScoreFraudEnvironment } from '../lambdas/fraud/score-fraud.task.ts';
import type { DataStack } from './data-stack.ts';
import { createFraudOperations } from './fraud-operations.ts';
import type { VariablesOf } from './house/environment.ts';
import { LogAlarm } from './house/log-alarm.ts';
import { HouseFunction } from './house/function.ts';
import { DeadLetterQueue } from './house/queue.ts';
import { StreamMapping } from './house/stream-mapping.ts';
import type { Stage } from './stage.ts';

/** Scoring, the counters that feed it, and what operators set. */
export class Fraud extends Construct {
  /** The task of authorize-payment. */
  readonly scoreFraud: HouseFunction;
  readonly functions: readonly HouseFunction[];

  constructor(scope: Construct, id: string, { stage, data }: { readonly stage: Stage; readonly data: DataStack }) {
    super(scope, id);
    const { fraudTable, reviewsTable, paymentsTable, eventBus } = data;
    this.scoreFraud = new HouseFunction(this, 'ScoreFraud', {
      stage,
      handler: 'fraud/score-fraud.task',
      purpose: 'counts a payment and scores it by model and rules',
      timeoutSeconds: 3,
      environment: {
        FRAUD_TABLE_NAME: fraudTable.tableName,
        REVIEWS_TABLE_NAME: reviewsTable.tableName,
      } satisfies VariablesOf<ScoreFraudEnvironment>,
    })
      .may(['dynamodb:UpdateItem', 'dynamodb:BatchGetItem', 'dynamodb:GetItem'], fraudTable.tableArn)
      .may(['dynamodb:BatchGetItem'], reviewsTable.tableArn);
    new LogAlarm(this, 'ModelRefused', {
      target: this.scoreFraud,
      message: servingLogMessages.refused,
      metricName: 'FraudModelRefused',
      meaning: 'A fraud model cannot score: the shipped one, or the rules alone, decide in its place.',
      runbook: 'Fraud model cannot score',
    });
    new LogAlarm(this, 'ScoredLate', {
      target: this.scoreFraud,
      message: servingLogMessages.late,
      metricName: 'FraudScoredLate',
      meaning: 'Payments were scored without all that is remembered: perhaps without lists.',
      runbook: 'Fraud is scored without all that is remembered',
    });
    this.rememberPayments(stage, data);

    const countDeclines = new HouseFunction(this, 'CountDeclines', {
      stage,
      handler: 'fraud/count-declines.event',
      purpose: 'counts the declines of a card, a device, a buyer and an address',
      timeoutSeconds: 10,
      environment: {
        FRAUD_TABLE_NAME: fraudTable.tableName,
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
      } satisfies VariablesOf<CountDeclinesEnvironment>,
    })
      .may(['dynamodb:UpdateItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'], fraudTable.tableArn)
      .may(['dynamodb:GetItem'], paymentsTable.tableArn);
    this.wakeByDeclines(eventBus, countDeclines);
    this.recordLabels(stage, data);
    this.functions = createFraudOperations(this, { stage, data });
  }

  /** The profiles: what takes no buyer's time, and of a busy seller is written once for many payments. */
  private rememberPayments(stage: Stage, { fraudTable, paymentsTable }: DataStack): void {
    const target = new HouseFunction(this, 'RememberPayments', {
      stage,
      handler: 'fraud/remember-payments.stream',
      purpose: 'tells the profiles of card, seller, buyer and address of each payment',
      timeoutSeconds: 60,
      environment: { FRAUD_TABLE_NAME: fraudTable.tableName } satisfies VariablesOf<RememberPaymentsEnvironment>,
    }).may(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], fraudTable.tableArn);
    new StreamMapping(this, 'PaymentsMapping', {
      table: paymentsTable,
      target,
      patterns: [{ eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: ['payment'] } } } }],
      onFailure: new DeadLetterQueue(this, 'UnrememberedDeadLetters', {
        holds: 'payments that no profile was told of',
        runbook: 'Profiles were not told of payments',
      }),
      batches: { size: 100, window: Duration.seconds(2) },
    });
  }

  /** What becomes known of payments: disputes, and verdicts of reviews, which a payment's event names as its cause. */
  private recordLabels(stage: Stage, { fraudTable, paymentsTable, eventBus }: DataStack): void {
    const { function: handler, deadLetters } = new HouseFunction(this, 'RecordLabel', {
      stage,
      handler: 'fraud/record-label.event',
      purpose: 'keeps what disputes and reviewers say of payments',
      timeoutSeconds: 20,
      environment: {
        FRAUD_TABLE_NAME: fraudTable.tableName,
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
      } satisfies VariablesOf<RecordLabelEnvironment>,
    })
      .may(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], fraudTable.tableArn)
      .may(['dynamodb:Query'], paymentsTable.tableArn);
    const targets = [new LambdaFunction(handler, { ...(deadLetters && { deadLetterQueue: deadLetters }) })];
    new Rule(this, 'DisputesRule', {
      description: 'Hands what happens to disputes to record-label.',
      eventBus,
      eventPattern: { source: ['quittance'], detailType: Match.prefix('dispute.') },
      targets,
    });
    new Rule(this, 'VerdictsRule', {
      description: 'Hands the verdicts of reviews to record-label.',
      eventBus,
      eventPattern: {
        source: ['quittance'],
        detailType: ['payment.authorized', 'payment.review_declined'],
        detail: { data: { cause: Match.prefix('rev_') } },
      },
      targets,
    });
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
