import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Attribute, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface HouseTableProps {
  /** Whether items have a sort key `sk` beside `pk`. */
  readonly sortKey?: boolean;
  /** Whether items expire by `expiresAt`. That is no reason to lose them earlier. */
  readonly expiring?: boolean;
  readonly stream?: StreamViewType;
  readonly indexes?: readonly HouseIndex[];
}

export interface HouseIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** Attributes that the index carries beside the keys; without them it carries keys alone. */
  readonly includes?: readonly string[];
}

/**
 * A table of what must not be lost: on demand, encrypted, with point-in-time recovery and deletion protection, and kept
 * when its stack is deleted.
 */
export class HouseTable extends Table {
  constructor(scope: Construct, id: string, props: HouseTableProps = {}) {
    super(scope, id, {
      ...everyTable,
      ...(props.sortKey === true && { sortKey: stringAttribute('sk') }),
      ...(props.expiring === true && { timeToLiveAttribute }),
      ...(props.stream && { stream: props.stream }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const index of props.indexes ?? []) this.addIndex(index);
  }

  /** The ARN of the table's stream, for a grant. Throws when the table has none. */
  get streamArn(): string {
    if (this.tableStreamArn === undefined) throw new Error(`${this.node.id} has no stream.`);
    return this.tableStreamArn;
  }

  /** The ARN of one index, for a grant that names it. */
  indexArn(name: string): string {
    return `${this.tableArn}/index/${name}`;
  }

  private addIndex({ name, partitionKey, sortKey, includes }: HouseIndex): void {
    this.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: stringAttribute(partitionKey),
      sortKey: stringAttribute(sortKey),
      ...(includes
        ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...includes] }
        : { projectionType: ProjectionType.KEYS_ONLY }),
    });
  }
}

export interface ForgettingTableProps {
  /** Why there must be no backup, for whoever reviews the acknowledged finding. */
  readonly reason: string;
}

/**
 * A table of what must not be kept: items expire by `expiresAt`, and there is neither a backup nor a stream in which
 * they would live on.
 */
export class ForgettingTable extends Table {
  constructor(scope: Construct, id: string, { reason }: ForgettingTableProps) {
    super(scope, id, { ...everyTable, timeToLiveAttribute, removalPolicy: RemovalPolicy.DESTROY });
    acknowledge(this, 'AwsSolutions-DDB3', reason);
  }
}

const timeToLiveAttribute = 'expiresAt';

const stringAttribute = (name: string): Attribute => ({ name, type: AttributeType.STRING });

const everyTable = {
  partitionKey: stringAttribute('pk'),
  billingMode: BillingMode.PAY_PER_REQUEST,
  // The account's own key for DynamoDB rather than the one AWS owns: its use is on record in CloudTrail.
  encryption: TableEncryption.AWS_MANAGED,
};
