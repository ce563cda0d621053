import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { Access } from './access.ts';
import { GiftCardKeys } from './gift-card-keys.ts';
import { LedgerKey } from './ledger-key.ts';
import { sendAlarms } from './house/alarm.ts';
import { DeadLetterQueue, HouseQueue } from './house/queue.ts';
import type { HouseQueueProps } from './house/queue.ts';
import { ForgettingTable, HouseTable } from './house/table.ts';
import type { Stage } from './stage.ts';
import { VaultKeys } from './vault-keys.ts';

/** Of all payments, of persons' alone, and of those that are due alone (docs/decisions/0010). */
const paymentIndexes = [
  { name: 'byCreatedAt', partitionKey: 'createdShard', sortKey: 'createdAt' },
  { name: 'byOwner', partitionKey: 'ownerId', sortKey: 'createdAt' },
  { name: 'byResolveAt', partitionKey: 'resolveShard', sortKey: 'resolveAt' },
];

const begunPayments = {
  holds: 'payments that were begun and not looked after',
  runbook: 'Begun payments wait',
  deadLetterRunbook: 'Begun payments were never looked after',
};

export interface DataStackProps extends StackProps {
  readonly stage: Stage;
}

/** All that keeps state: it outlives the platform stack, and most of it outlives even its own. */
export class DataStack extends Stack {
  readonly access: Access;
  readonly keys: VaultKeys;
  readonly eventBus: EventBus;
  readonly unpublishedQueue: HouseQueue;
  readonly begunPaymentsQueue: HouseQueue;
  readonly giftCardKeys: GiftCardKeys;
  readonly unpublishedGiftCardsQueue: HouseQueue;
  readonly ledgerKey: LedgerKey;
  readonly unjournaledDeadLetters: DeadLetterQueue;
  readonly paymentsTable: HouseTable;
  readonly giftCardsTable: HouseTable;
  readonly tokensTable: HouseTable;
  readonly fxTable: HouseTable;
  readonly lotsTable: HouseTable;
  readonly disputesTable: HouseTable;
  readonly reviewsTable: HouseTable;
  readonly ledgerTable: HouseTable;
  readonly exceptionsTable: HouseTable;
  readonly settlementsTable: HouseTable;
  readonly cvcTable: ForgettingTable;
  readonly giftCardSecretsTable: ForgettingTable;
  readonly guardsTable: HouseTable;
  readonly fraudTable: HouseTable;

  constructor(scope: Construct, id: string, { stage, ...props }: DataStackProps) {
    super(scope, id, { description: `Quittance (${stage.name}): what keeps state.`, ...props });
    this.paymentsTable = new HouseTable(this, 'PaymentsTable', {
      sortKey: true,
      stream: StreamViewType.NEW_IMAGE,
      indexes: paymentIndexes,
    });
    this.giftCardsTable = new HouseTable(this, 'GiftCardsTable', {
      sortKey: true,
      stream: StreamViewType.NEW_IMAGE,
      indexes: [{ name: 'byExpireAt', partitionKey: 'expireShard', sortKey: 'expireAt' }],
    });
    this.tokensTable = new HouseTable(this, 'TokensTable', {
      indexes: [
        {
          name: 'byOwner',
          partitionKey: 'ownerId',
          sortKey: 'createdAt',
          includes: ['brand', 'funding', 'bin', 'last4', 'expMonth', 'expYear', 'version'],
        },
      ],
    });
    this.fxTable = new HouseTable(this, 'FxTable', { sortKey: true });
    this.lotsTable = new HouseTable(this, 'LotsTable');
    this.disputesTable = new HouseTable(this, 'DisputesTable', { indexes: [everyDisputeByOpening] });
    this.reviewsTable = new HouseTable(this, 'ReviewsTable', { indexes: [reviewsByState] });
    this.ledgerTable = new HouseTable(this, 'LedgerTable', { sortKey: true });
    this.cvcTable = new ForgettingTable(this, 'CvcTable', {
      reason: 'A backup of security codes is forbidden (PCI DSS 3.3.1).',
    });
    this.giftCardSecretsTable = new ForgettingTable(this, 'GiftCardSecretsTable', {
      reason: 'With its secret the code of a gift card can be made again: docs/decisions/0008.',
    });
    this.settlementsTable = new HouseTable(this, 'SettlementsTable', {
      sortKey: true,
      stream: StreamViewType.NEW_IMAGE,
    });
    this.exceptionsTable = new HouseTable(this, 'ExceptionsTable', {
      indexes: [{ name: 'byState', partitionKey: 'state', sortKey: 'seenKey' }],
    });
    // Both hold what expires within hours, and are protected nonetheless: docs/decisions/0006.
    this.guardsTable = new HouseTable(this, 'GuardsTable', { expiring: true });
    this.fraudTable = new HouseTable(this, 'FraudTable', { expiring: true, indexes: [listEntries] });
    this.keys = new VaultKeys(this, 'Keys', { stage });
    this.giftCardKeys = new GiftCardKeys(this, 'GiftCardKeys', { stage });
    this.ledgerKey = new LedgerKey(this, 'LedgerKey', { stage });
    this.access = new Access(this, 'Access', { stage });
    this.eventBus = new EventBus(this, 'EventBus', {
      eventBusName: `quittance-${stage.name}`,
      description: 'What has happened, for whom it concerns.',
    });
    // Rules of others hang on the bus, and it is theirs to say when nobody listens any more.
    this.eventBus.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.unpublishedQueue = this.createQueue('UnpublishedQueue', {
      holds: 'stream batches that could not be published',
      runbook: 'Events wait to be published',
      deadLetterRunbook: 'Events were never published',
    });
    this.begunPaymentsQueue = this.createQueue('BegunPaymentsQueue', begunPayments);
    this.unpublishedGiftCardsQueue = this.createQueue('UnpublishedGiftCardsQueue', {
      holds: 'stream batches of gift cards that could not be published',
      runbook: 'Gift card events wait to be published',
      deadLetterRunbook: 'Gift card events were never published',
    });
    this.unjournaledDeadLetters = this.createUnjournaledDeadLetters();
    new CfnOutput(this, 'TokenUrl', {
      value: `${this.access.domain.baseUrl()}/oauth2/token`,
      description: 'Tokens for machine clients.',
    });
    sendAlarms(this, stage);
  }

  private createUnjournaledDeadLetters(): DeadLetterQueue {
    const deadLetters = new DeadLetterQueue(this, 'UnjournaledDeadLetters', {
      holds: 'transitions that the journal could not take',
      runbook: 'Transitions are not in the journal',
    });
    // What is missing from the books is told nowhere else.
    deadLetters.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return deadLetters;
  }

  private createQueue(id: string, texts: Pick<HouseQueueProps, 'holds' | 'runbook' | 'deadLetterRunbook'>): HouseQueue {
    return new HouseQueue(this, id, {
      visibilitySeconds: 360,
      // A day of turns of the sweep, one each five minutes, or of tries: as long as the stream itself keeps its records.
      receivesAtMost: 288,
      oldestMinutes: 15,
      ...texts,
    });
  }
}

/** Of what the table holds operators' entries and the model's reports alone are in it. */
const listEntries = { name: 'byList', partitionKey: 'list', sortKey: 'createdAt' };

/** People decide about reviews: they are so few that a partition for each state takes them all. */
const reviewsByState = { name: 'byState', partitionKey: 'state', sortKey: 'createdAt' };

/** Disputes are so few that one partition of the index takes them all. */
const everyDisputeByOpening = { name: 'byOpenedAt', partitionKey: 'list', sortKey: 'openedAt' };
