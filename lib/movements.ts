import type { Construct } from 'constructs';
import type { Environment as CreateCaptureEnvironment } from '../lambdas/payments/create-capture.api.ts';
import type { Environment as CreateRefundEnvironment } from '../lambdas/payments/create-refund.api.ts';
import type { Environment as FinishMovementsEnvironment } from '../lambdas/payments/finish-movements.task.ts';
import type { Environment as VoidPaymentEnvironment } from '../lambdas/payments/void-payment.api.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import type { HouseFunctionProps } from './house/function.ts';
import type { Stage } from './stage.ts';

export interface MovementsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  /** Where the acquirer answers; a CloudFormation token. */
  readonly acquirerUrl: string;
}

/** What a step of a gift card reads and writes: the card, its transition and a payment's hold. */
export const giftCardSteps = ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'];

/**
 * The functions of what is done to an authorization: captures, voids and refunds by the API, and a task that finishes
 * what nobody did. They belong to `scope`, the payments' construct, as all functions of this capability.
 */
export function createMovements(
  scope: Construct,
  props: MovementsProps,
): { readonly functions: readonly HouseFunction[]; readonly finishMovements: HouseFunction } {
  const environment = {
    PAYMENTS_TABLE_NAME: props.data.paymentsTable.tableName,
    LOTS_TABLE_NAME: props.data.lotsTable.tableName,
    GIFT_CARDS_TABLE_NAME: props.data.giftCardsTable.tableName,
    GIFT_CARD_REVIVAL_DAYS: String(props.stage.giftCards.revivalDays),
    ACQUIRER_URL: props.acquirerUrl,
  };
  const lots = props.data.lotsTable.tableArn;
  const createCapture = createMover(scope, 'CreateCapture', props, {
    handler: 'payments/create-capture.api',
    purpose: 'captures what a payment holds',
    environment: environment satisfies VariablesOf<CreateCaptureEnvironment>,
  }).may(['dynamodb:PutItem'], lots);
  const voidPayment = createMover(scope, 'VoidPayment', props, {
    handler: 'payments/void-payment.api',
    purpose: 'releases what a payment holds',
    environment: environment satisfies VariablesOf<VoidPaymentEnvironment>,
  });
  const createRefund = createMover(scope, 'CreateRefund', props, {
    handler: 'payments/create-refund.api',
    purpose: 'gives back what a payment captured',
    environment: environment satisfies VariablesOf<CreateRefundEnvironment>,
  }).may(['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], lots);
  const finishMovements = createMover(scope, 'FinishMovements', props, {
    handler: 'payments/finish-movements.task',
    purpose: 'finds out what became of movements, and releases authorizations that ran out',
    // One movement at the acquirer (8 s) fits; what is left is done by the next try.
    timeoutSeconds: 10,
    environment: environment satisfies VariablesOf<FinishMovementsEnvironment>,
  }).may(['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], lots);
  return { functions: [createCapture, voidPayment, createRefund], finishMovements };
}

/** A function that moves money: longer than the acquirer's 8 s and the writes around it, shorter than the API's 30 s. */
function createMover(
  scope: Construct,
  id: string,
  { stage, data: { paymentsTable, giftCardsTable } }: MovementsProps,
  props: Pick<HouseFunctionProps, 'handler' | 'purpose' | 'environment'> & { readonly timeoutSeconds?: number },
): HouseFunction {
  return new HouseFunction(scope, id, { stage, timeoutSeconds: 25, ...props })
    .may(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem'], paymentsTable.tableArn)
    .may(giftCardSteps, giftCardsTable.tableArn);
}
