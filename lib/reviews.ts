import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Environment as AwaitDecisionEnvironment } from '../lambdas/fraud/await-decision.task.ts';
import type { Environment as ClaimReviewEnvironment } from '../lambdas/fraud/claim-review.api.ts';
import type { Environment as DecideReviewEnvironment } from '../lambdas/fraud/decide-review.api.ts';
import type { Environment as EndReviewEnvironment } from '../lambdas/fraud/end-review.task.ts';
import type { Environment as GetReviewEnvironment } from '../lambdas/fraud/get-review.api.ts';
import type { Environment as ListReviewsEnvironment } from '../lambdas/fraud/list-reviews.api.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import { HouseStateMachine } from './house/state-machine.ts';
import type { Stage } from './stage.ts';

export interface ReviewsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  /** Does what a verdict leaves to do at the acquirer. */
  readonly finishMovements: HouseFunction;
}

/**
 * Payments in doubt wait for a person: the workflow that waits, and what operators see and say. All of it belongs to `scope`.
 */
export class Reviews {
  readonly #scope: Construct;
  readonly functions: readonly HouseFunction[];
  readonly reviewPayment: HouseStateMachine;
  /** Decides by the configured default; for the resolver, too. */
  readonly endReview: HouseFunction;

  constructor(scope: Construct, props: ReviewsProps) {
    this.#scope = scope;
    this.endReview = this.createEndReview(props);
    this.reviewPayment = this.createReviewPayment(props);
    this.functions = [...this.createReaders(props), ...this.createDeciders(props)];
  }

  private createEndReview({ stage, data: { fraudTable, paymentsTable, reviewsTable } }: ReviewsProps): HouseFunction {
    return new HouseFunction(this.#scope, 'EndReview', {
      stage,
      handler: 'fraud/end-review.task',
      purpose: 'decides a review that nobody decided in time',
      timeoutSeconds: 10,
      environment: {
        FRAUD_TABLE_NAME: fraudTable.tableName,
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
        REVIEWS_TABLE_NAME: reviewsTable.tableName,
      } satisfies VariablesOf<EndReviewEnvironment>,
    })
      .may(['dynamodb:GetItem'], fraudTable.tableArn)
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], paymentsTable.tableArn)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], reviewsTable.tableArn);
  }

  private createReviewPayment({ stage, data: { reviewsTable }, finishMovements }: ReviewsProps): HouseStateMachine {
    const awaitDecision = new HouseFunction(this.#scope, 'AwaitDecision', {
      stage,
      handler: 'fraud/await-decision.task',
      purpose: 'notes which run waits for the verdict of a review',
      timeoutSeconds: 10,
      environment: {
        REVIEWS_TABLE_NAME: reviewsTable.tableName,
      } satisfies VariablesOf<AwaitDecisionEnvironment>,
    }).may(['dynamodb:GetItem', 'dynamodb:PutItem'], reviewsTable.tableArn);
    return new HouseStateMachine(this.#scope, 'ReviewPayment', 'review-payment', {
      stage,
      type: StateMachineType.STANDARD,
      functions: [awaitDecision, this.endReview, finishMovements],
    });
  }

  private createReaders({ stage, data: { reviewsTable } }: ReviewsProps): readonly HouseFunction[] {
    const environment = { REVIEWS_TABLE_NAME: reviewsTable.tableName };
    const listReviews = new HouseFunction(this.#scope, 'ListReviews', {
      stage,
      handler: 'fraud/list-reviews.api',
      purpose: 'lists payments in doubt',
      timeoutSeconds: 10,
      environment: environment satisfies VariablesOf<ListReviewsEnvironment>,
    })
      .may(['dynamodb:Query'], reviewsTable.indexArn('byState'))
      .may(['dynamodb:BatchGetItem'], reviewsTable.tableArn);
    const getReview = new HouseFunction(this.#scope, 'GetReview', {
      stage,
      handler: 'fraud/get-review.api',
      purpose: 'answers one review',
      timeoutSeconds: 10,
      environment: environment satisfies VariablesOf<GetReviewEnvironment>,
    }).may(['dynamodb:GetItem'], reviewsTable.tableArn);
    return [listReviews, getReview];
  }

  private createDeciders({ stage, data: { paymentsTable, reviewsTable } }: ReviewsProps): readonly HouseFunction[] {
    const claimReview = new HouseFunction(this.#scope, 'ClaimReview', {
      stage,
      handler: 'fraud/claim-review.api',
      purpose: 'keeps other reviewers off a review',
      timeoutSeconds: 10,
      environment: { REVIEWS_TABLE_NAME: reviewsTable.tableName } satisfies VariablesOf<ClaimReviewEnvironment>,
    }).may(['dynamodb:GetItem', 'dynamodb:PutItem'], reviewsTable.tableArn);
    const decideReview = new HouseFunction(this.#scope, 'DecideReview', {
      stage,
      handler: 'fraud/decide-review.api',
      purpose: 'takes the verdict of a reviewer',
      timeoutSeconds: 15,
      environment: {
        PAYMENTS_TABLE_NAME: paymentsTable.tableName,
        REVIEWS_TABLE_NAME: reviewsTable.tableName,
      } satisfies VariablesOf<DecideReviewEnvironment>,
    })
      .may(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], paymentsTable.tableArn)
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], reviewsTable.tableArn)
      .may(['states:SendTaskSuccess'], this.reviewPayment.arn);
    return [claimReview, decideReview];
  }
}
