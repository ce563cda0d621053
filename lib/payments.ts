import { Stack } from 'aws-cdk-lib';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Environment as AuthorizeCardEnvironment } from '../lambdas/payments/authorize-card.task.ts';
import type { Environment as CancelAuthorizationEnvironment } from '../lambdas/payments/cancel-authorization.task.ts';
import type { Environment as CreatePaymentEnvironment } from '../lambdas/payments/create-payment.api.ts';
import type { Environment as GetPaymentEnvironment } from '../lambdas/payments/get-payment.api.ts';
import type { Environment as HoldGiftCardsEnvironment } from '../lambdas/payments/hold-gift-cards.task.ts';
import type { Environment as GetTimelineEnvironment } from '../lambdas/payments/get-timeline.api.ts';
import type { Environment as ListPaymentsEnvironment } from '../lambdas/payments/list-payments.api.ts';
import type { Environment as LookUpAuthorizationEnvironment } from '../lambdas/payments/look-up-authorization.task.ts';
import type { Environment as RecordOutcomeEnvironment } from '../lambdas/payments/record-outcome.task.ts';
import type { DataStack } from './data-stack.ts';
import type { Fraud } from './fraud.ts';
import { acknowledge } from './house/acknowledge.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import type { HouseFunctionProps } from './house/function.ts';
import { HouseStateMachine } from './house/state-machine.ts';
import { createMovements, giftCardSteps } from './movements.ts';
import { Reviews } from './reviews.ts';
import type { Stage } from './stage.ts';

export interface PaymentsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  /** Where the acquirer answers; a CloudFormation token. */
  readonly acquirerUrl: string;
  readonly fraud: Fraud;
}

/** What both ways to an outcome end with. */
interface LastSteps {
  readonly recordOutcome: HouseFunction;
  readonly finishMovements: HouseFunction;
  readonly reviews: Reviews;
}

/** A payment's way: opened by the API, authorized by a workflow, resolved by another when its outcome stayed unknown. */
export class Payments extends Construct {
  readonly functions: readonly HouseFunction[];
  readonly authorizePayment: HouseStateMachine;
  readonly resolvePayment: HouseStateMachine;

  constructor(scope: Construct, id: string, props: PaymentsProps) {
    super(scope, id);
    const recordOutcome = this.createRecordOutcome(props);
    const { finishMovements, functions } = createMovements(this, props);
    // Reviews are named as part of fraud, though they are of this stack: their workflow acts on payments.
    const reviews = new Reviews(new Construct(Stack.of(this), 'Fraud'), { ...props, finishMovements });
    const steps = { recordOutcome, finishMovements, reviews };
    this.authorizePayment = this.createAuthorizePayment(props, steps);
    this.resolvePayment = this.createResolvePayment(props, steps);
    this.functions = [
      this.createCreatePayment(props),
      ...functions,
      ...this.createReaders(props, reviews.reviewPayment),
      ...reviews.functions,
    ];
  }

  private create(id: string, props: HouseFunctionProps): HouseFunction {
    return new HouseFunction(this, id, props);
  }

  private createRecordOutcome({ stage, data }: PaymentsProps): HouseFunction {
    const { paymentsTable, reviewsTable, giftCardsTable } = data;
    return this.create('RecordOutcome', {
      stage,
      handler: 'payments/record-outcome.task',
      purpose: 'writes what became of an authorization',
      timeoutSeconds: 5,
      environment: {
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
        REVIEWS_TABLE_NAME: reviewsTable.tableName,
        GIFT_CARDS_TABLE_NAME: giftCardsTable.tableName,
      } satisfies VariablesOf<RecordOutcomeEnvironment>,
    })
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], paymentsTable.tableArn)
      .may(['dynamodb:PutItem', 'dynamodb:UpdateItem'], reviewsTable.tableArn)
      .may(giftCardSteps, giftCardsTable.tableArn);
  }

  private createAuthorizePayment(
    { stage, data, acquirerUrl, fraud: { scoreFraud } }: PaymentsProps,
    { recordOutcome, finishMovements, reviews: { reviewPayment } }: LastSteps,
  ): HouseStateMachine {
    const { keys, tokensTable, cvcTable, giftCardsTable } = data;
    const authorizeCard = this.create('AuthorizeCard', {
      stage,
      handler: 'payments/authorize-card.task',
      purpose: 'opens a card and asks the acquirer to authorize it',
      timeoutSeconds: 10,
      environment: {
        TOKENS_TABLE_NAME: tokensTable.tableName,
        CVC_TABLE_NAME: cvcTable.tableName,
        VAULT_KEY_ARN: keys.vaultKey.keyArn,
        ACQUIRER_URL: acquirerUrl,
      } satisfies VariablesOf<AuthorizeCardEnvironment>,
    })
      .may(['dynamodb:GetItem'], tokensTable.tableArn)
      .may(['dynamodb:DeleteItem'], cvcTable.tableArn)
      .may(['kms:Decrypt'], keys.vaultKey.keyArn);
    const holdGiftCards = this.create('HoldGiftCards', {
      stage,
      handler: 'payments/hold-gift-cards.task',
      purpose: 'holds what gift cards are to pay of a payment',
      timeoutSeconds: 8,
      environment: {
        GIFT_CARDS_TABLE_NAME: giftCardsTable.tableName,
      } satisfies VariablesOf<HoldGiftCardsEnvironment>,
    }).may(giftCardSteps, giftCardsTable.tableArn);
    return new HouseStateMachine(this, 'AuthorizePayment', 'authorize-payment', {
      stage,
      type: StateMachineType.EXPRESS,
      functions: [scoreFraud, holdGiftCards, authorizeCard, recordOutcome, finishMovements],
      substitutions: { CvcTableName: cvcTable.tableName, ReviewPaymentStateMachineArn: reviewPayment.arn },
    })
      .may(['dynamodb:DeleteItem'], cvcTable.tableArn)
      .may(['states:StartExecution'], reviewPayment.arn);
  }

  private createResolvePayment(
    { stage, data: { cvcTable }, acquirerUrl }: PaymentsProps,
    { recordOutcome, finishMovements, reviews: { reviewPayment, endReview } }: LastSteps,
  ): HouseStateMachine {
    const lookUpAuthorization = this.create('LookUpAuthorization', {
      stage,
      handler: 'payments/look-up-authorization.task',
      purpose: 'asks the acquirer what became of a reference',
      timeoutSeconds: 12,
      environment: { ACQUIRER_URL: acquirerUrl } satisfies VariablesOf<LookUpAuthorizationEnvironment>,
    });
    const cancelAuthorization = this.create('CancelAuthorization', {
      stage,
      handler: 'payments/cancel-authorization.task',
      purpose: 'cancels a reference at the acquirer, whether it knows it or not',
      timeoutSeconds: 12,
      environment: { ACQUIRER_URL: acquirerUrl } satisfies VariablesOf<CancelAuthorizationEnvironment>,
    });
    return new HouseStateMachine(this, 'ResolvePayment', 'resolve-payment', {
      stage,
      type: StateMachineType.STANDARD,
      functions: [lookUpAuthorization, cancelAuthorization, recordOutcome, finishMovements, endReview],
      substitutions: { CvcTableName: cvcTable.tableName, ReviewPaymentStateMachineArn: reviewPayment.arn },
    })
      .may(['dynamodb:DeleteItem'], cvcTable.tableArn)
      .may(['states:StartExecution'], reviewPayment.arn);
  }

  private createCreatePayment({ stage, data }: PaymentsProps): HouseFunction {
    const { paymentsTable, tokensTable, giftCardsTable, guardsTable, fxTable, giftCardKeys } = data;
    return this.create('CreatePayment', {
      stage,
      handler: 'payments/create-payment.api',
      purpose: 'opens a payment and has it authorized',
      // Longer than the workflow (20 s), shorter than the HTTP API (30 s): design.md, decision 6.
      timeoutSeconds: 25,
      memoryMegabytes: 1024,
      environment: {
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
        TOKENS_TABLE_NAME: tokensTable.tableName,
        AUTHORIZE_PAYMENT_STATE_MACHINE_ARN: this.authorizePayment.arn,
        SELLERS: Stack.of(this).toJsonString(sellersWithTerms(stage)),
        FX_TABLE_NAME: fxTable.tableName,
        CONVERSION_BORNE_BY: stage.conversionBorneBy,
        GIFT_CARDS_TABLE_NAME: giftCardsTable.tableName,
        GUARDS_TABLE_NAME: guardsTable.tableName,
        GIFT_CARD_CODE_KEYS: giftCardKeys.codeKeysJson,
        GIFT_CARD_GUESSES_PER_HOUR: String(stage.giftCards.guessesPerHour),
      } satisfies VariablesOf<CreatePaymentEnvironment>,
    })
      .may(
        ['dynamodb:GetItem'],
        tokensTable.tableArn,
        paymentsTable.tableArn,
        giftCardsTable.tableArn,
        fxTable.tableArn,
      )
      .may(['dynamodb:UpdateItem'], guardsTable.tableArn)
      .may(['kms:GenerateMac'], ...giftCardKeys.codeKeyArns)
      .may(['dynamodb:PutItem', 'dynamodb:UpdateItem'], paymentsTable.tableArn)
      .may(['dynamodb:PutItem'], fxTable.tableArn)
      .may(['states:StartSyncExecution'], this.authorizePayment.arn);
  }

  private createReaders(
    { stage, data: { paymentsTable } }: PaymentsProps,
    reviewPayment: HouseStateMachine,
  ): readonly HouseFunction[] {
    const environment = { PAYMENTS_TABLE_NAME: paymentsTable.tableName };
    const getPayment = this.create('GetPayment', {
      stage,
      handler: 'payments/get-payment.api',
      purpose: 'answers one payment',
      timeoutSeconds: 10,
      environment: environment satisfies VariablesOf<GetPaymentEnvironment>,
    }).may(['dynamodb:GetItem'], paymentsTable.tableArn);

    const listPayments = this.create('ListPayments', {
      stage,
      handler: 'payments/list-payments.api',
      purpose: 'lists payments, newest first',
      timeoutSeconds: 10,
      environment: environment satisfies VariablesOf<ListPaymentsEnvironment>,
    })
      .may(['dynamodb:Query'], paymentsTable.indexArn('byOwner'), paymentsTable.indexArn('byCreatedAt'))
      .may(['dynamodb:BatchGetItem', 'dynamodb:GetItem'], paymentsTable.tableArn);

    const getTimeline = this.create('GetTimeline', {
      stage,
      handler: 'payments/get-timeline.api',
      purpose: 'answers what happened to a payment, in order',
      timeoutSeconds: 10,
      environment: {
        ...environment,
        RESOLVE_PAYMENT_STATE_MACHINE_ARN: this.resolvePayment.arn,
        REVIEW_PAYMENT_STATE_MACHINE_ARN: reviewPayment.arn,
      } satisfies VariablesOf<GetTimelineEnvironment>,
    })
      .may(['dynamodb:Query'], paymentsTable.tableArn)
      .may(['states:DescribeExecution'], this.resolvePayment.everyRunArn, reviewPayment.everyRunArn);
    for (const workflow of [this.resolvePayment, reviewPayment]) {
      acknowledge(
        getTimeline.role,
        `AwsSolutions-IAM5[Resource::${workflow.everyRunFinding}]`,
        'A run is described by its own ARN, which does not exist before it runs: all runs of this one workflow.',
      );
    }
    return [getPayment, listPayments, getTimeline];
  }
}

/** The sellers as payments are opened for them, with the terms that each payment keeps. */
function sellersWithTerms({ sellers, processingFeeBasisPoints }: Stage) {
  return sellers.map(({ id, currencies, commissionBasisPoints, releaseDays }) => ({
    id,
    currencies,
    terms: { processingFeeBasisPoints, commissionBasisPoints, releaseDays },
  }));
}
