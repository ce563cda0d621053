import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Environment as GetGiftCardEnvironment } from '../lambdas/gift-cards/get-gift-card.api.ts';
import type { Environment as IssueGiftCardEnvironment } from '../lambdas/gift-cards/issue-gift-card.api.ts';
import type { Environment as LookUpGiftCardEnvironment } from '../lambdas/gift-cards/look-up-gift-card.api.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import type { Stage } from './stage.ts';

export interface GiftCardsProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** Gift cards' doors. Codes are known to three functions alone: that which issues, that which looks up, and create-payment. */
export class GiftCards extends Construct {
  readonly functions: readonly HouseFunction[];

  constructor(scope: Construct, id: string, props: GiftCardsProps) {
    super(scope, id);
    this.functions = [this.createIssueGiftCard(props), this.createGetGiftCard(props), this.createLookUpGiftCard(props)];
  }

  private createIssueGiftCard({ stage, data }: GiftCardsProps): HouseFunction {
    const { giftCardsTable, giftCardSecretsTable, giftCardKeys } = data;
    const { guessesPerHour: _guesses, revivalDays: _revival, ...issuingPolicy } = stage.giftCards;
    return new HouseFunction(this, 'IssueGiftCard', {
      stage,
      handler: 'gift-cards/issue-gift-card.api',
      purpose: 'issues a gift card and shows its code',
      timeoutSeconds: 15,
      environment: {
        GIFT_CARDS_TABLE_NAME: giftCardsTable.tableName,
        GIFT_CARD_SECRETS_TABLE_NAME: giftCardSecretsTable.tableName,
        GIFT_CARD_CODE_KEYS: giftCardKeys.codeKeysJson,
        ISSUING_POLICY: Stack.of(this).toJsonString(issuingPolicy),
      } satisfies VariablesOf<IssueGiftCardEnvironment>,
    })
      .may(['dynamodb:GetItem', 'dynamodb:PutItem'], giftCardsTable.tableArn, giftCardSecretsTable.tableArn)
      .may(['kms:GenerateMac'], ...giftCardKeys.codeKeyArns);
  }

  private createGetGiftCard({ stage, data: { giftCardsTable } }: GiftCardsProps): HouseFunction {
    return new HouseFunction(this, 'GetGiftCard', {
      stage,
      handler: 'gift-cards/get-gift-card.api',
      purpose: 'answers one gift card, without its code',
      timeoutSeconds: 10,
      environment: { GIFT_CARDS_TABLE_NAME: giftCardsTable.tableName } satisfies VariablesOf<GetGiftCardEnvironment>,
    }).may(['dynamodb:GetItem'], giftCardsTable.tableArn);
  }

  private createLookUpGiftCard({ stage, data }: GiftCardsProps): HouseFunction {
    const { giftCardsTable, guardsTable, giftCardKeys } = data;
    return new HouseFunction(this, 'LookUpGiftCard', {
      stage,
      handler: 'gift-cards/look-up-gift-card.api',
      purpose: 'answers what can be spent of the card that a code opens',
      timeoutSeconds: 10,
      environment: {
        GIFT_CARDS_TABLE_NAME: giftCardsTable.tableName,
        GUARDS_TABLE_NAME: guardsTable.tableName,
        GIFT_CARD_CODE_KEYS: giftCardKeys.codeKeysJson,
        GIFT_CARD_GUESSES_PER_HOUR: String(stage.giftCards.guessesPerHour),
      } satisfies VariablesOf<LookUpGiftCardEnvironment>,
    })
      .may(['dynamodb:GetItem'], giftCardsTable.tableArn)
      .may(['dynamodb:UpdateItem'], guardsTable.tableArn)
      .may(['kms:GenerateMac'], ...giftCardKeys.codeKeyArns);
  }
}
