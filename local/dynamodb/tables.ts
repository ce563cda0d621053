import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { JsonObject, Resource } from '../kernel/service.ts';
import type { Endpoint } from './endpoint.ts';

/** A table as the template wants it. */
export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly keys: readonly string[];
  /** The attribute that holds the time to live in epoch seconds, when the table has one. */
  readonly expiryAttribute: string | undefined;
  readonly definition: TableDefinition;
}

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projection = z.object({ ProjectionType: z.string(), NonKeyAttributes: z.array(z.string()).optional() });
const index = z.object({ IndexName: z.string(), KeySchema: keySchema, Projection: projection });
const flag = z.union([z.boolean(), z.stringbool()]);

const tableDefinition = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: z.array(index).default([]),
  LocalSecondaryIndexes: z.array(index).default([]),
  StreamSpecification: z.object({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: flag }).optional(),
  DeletionProtectionEnabled: flag.default(false),
  Replicas: z.array(z.object({ DeletionProtectionEnabled: flag.default(false) })).default([]),
});
type TableDefinition = z.infer<typeof tableDefinition>;

const storedTable = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: z.array(index).default([]),
  LocalSecondaryIndexes: z.array(index).default([]),
  StreamSpecification: z.object({ StreamEnabled: z.boolean(), StreamViewType: z.string().optional() }).optional(),
  DeletionProtectionEnabled: z.boolean().default(false),
});
type StoredTable = z.infer<typeof storedTable>;

/** The tables of the template. */
export function readTables(resources: readonly Resource[]): readonly Table[] {
  return resources
    .filter(({ type }) => type === 'AWS::DynamoDB::Table' || type === 'AWS::DynamoDB::GlobalTable')
    .map((resource) => {
      const definition = tableDefinition.parse(resource.properties);
      const expiry = definition.TimeToLiveSpecification;
      return {
        name: resource.physicalId,
        arn: resource.arn,
        keys: definition.KeySchema.map(({ AttributeName }) => AttributeName),
        expiryAttribute: expiry?.Enabled === true ? expiry.AttributeName : undefined,
        definition,
      };
    });
}

/**
 * Brings a stored table to what the template says, as a deployment would: it is created, or its indexes, stream, time
 * to live and deletion protection follow. Throws when the template contradicts the stored keys: that would need
 * another table, and the stored data is not ours to throw away.
 */
export async function reconcileTable(endpoint: Endpoint, table: Table): Promise<void> {
  const stored = await describe(endpoint, table.name);
  if (stored === undefined) await create(endpoint, table);
  else await update(endpoint, table, stored);
  if (table.expiryAttribute !== undefined) await enableExpiry(endpoint, table.name, table.expiryAttribute);
}

async function describe(endpoint: Endpoint, TableName: string): Promise<StoredTable | undefined> {
  try {
    const { Table: described } = await endpoint.send('DynamoDB_20120810', 'DescribeTable', { TableName });
    return storedTable.parse(described);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function create(endpoint: Endpoint, { name, definition }: Table): Promise<void> {
  await endpoint.send('DynamoDB_20120810', 'CreateTable', {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: definition.KeySchema,
    AttributeDefinitions: definition.AttributeDefinitions,
    DeletionProtectionEnabled: wantsProtection(definition),
    ...(definition.GlobalSecondaryIndexes.length > 0
      ? { GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes.map(plainIndex) }
      : {}),
    ...(definition.LocalSecondaryIndexes.length > 0
      ? { LocalSecondaryIndexes: definition.LocalSecondaryIndexes.map(plainIndex) }
      : {}),
    ...(definition.StreamSpecification === undefined
      ? {}
      : { StreamSpecification: { StreamEnabled: true, ...definition.StreamSpecification } }),
  });
}

async function update(endpoint: Endpoint, table: Table, stored: StoredTable): Promise<void> {
  const { name, definition } = table;
  refuseContradictions(table, stored);
  const change = (input: JsonObject): Promise<JsonObject> =>
    endpoint.send('DynamoDB_20120810', 'UpdateTable', { TableName: name, ...input });

  const wanted = new Set(definition.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName));
  const present = new Set(stored.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName));
  for (const { IndexName } of stored.GlobalSecondaryIndexes) {
    if (!wanted.has(IndexName)) await change({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] });
  }
  for (const added of definition.GlobalSecondaryIndexes) {
    if (present.has(added.IndexName)) continue;
    await change({
      AttributeDefinitions: definition.AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: plainIndex(added) }],
    });
  }

  const wantedView = definition.StreamSpecification?.StreamViewType;
  const presentView = stored.StreamSpecification?.StreamEnabled ? stored.StreamSpecification.StreamViewType : undefined;
  if (wantedView !== presentView) {
    if (presentView !== undefined) await change({ StreamSpecification: { StreamEnabled: false } });
    if (wantedView !== undefined) {
      await change({ StreamSpecification: { StreamEnabled: true, StreamViewType: wantedView } });
    }
  }
  if (wantsProtection(definition) !== stored.DeletionProtectionEnabled) {
    await change({ DeletionProtectionEnabled: wantsProtection(definition) });
  }
}

function refuseContradictions({ name, definition }: Table, stored: StoredTable): void {
  refuse(`table ${name}`, describeKeys(definition.KeySchema, definition), describeKeys(stored.KeySchema, stored));
  for (const wanted of definition.GlobalSecondaryIndexes) {
    const present = stored.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === wanted.IndexName);
    if (present === undefined) continue;
    refuse(
      `index ${wanted.IndexName} of table ${name}`,
      describeIndex(wanted, definition),
      describeIndex(present, stored),
    );
  }
  const localIndexes = (of: TableDefinition | StoredTable): string =>
    of.LocalSecondaryIndexes.map((each) => `${each.IndexName} ${describeIndex(each, of)}`)
      .sort()
      .join('; ') || 'none';
  refuse(`local indexes of table ${name}`, localIndexes(definition), localIndexes(stored));
}

function refuse(what: string, wanted: string, present: string): void {
  if (wanted === present) return;
  throw new Error(
    `The template contradicts the stored ${what}: it wants ${wanted}, but stored is ${present}. ` +
      'Change the template back, give it a new name, or start with another data folder.',
  );
}

type Attributes = Pick<StoredTable, 'AttributeDefinitions'>;

function describeIndex(of: z.infer<typeof index>, attributes: Attributes): string {
  const { ProjectionType, NonKeyAttributes = [] } = of.Projection;
  return [describeKeys(of.KeySchema, attributes), ProjectionType, ...NonKeyAttributes.toSorted()].join(' ');
}

function describeKeys(keys: z.infer<typeof keySchema>, { AttributeDefinitions }: Attributes): string {
  return keys
    .map(({ AttributeName, KeyType }) => {
      const type = AttributeDefinitions.find((attribute) => attribute.AttributeName === AttributeName)?.AttributeType;
      return `${KeyType} ${AttributeName} (${type ?? 'without a type'})`;
    })
    .join(', ');
}

function plainIndex({ IndexName, KeySchema, Projection }: z.infer<typeof index>): JsonObject {
  const { ProjectionType, NonKeyAttributes } = Projection;
  return {
    IndexName,
    KeySchema,
    Projection: NonKeyAttributes === undefined ? { ProjectionType } : { ProjectionType, NonKeyAttributes },
  };
}

function wantsProtection({ DeletionProtectionEnabled, Replicas }: TableDefinition): boolean {
  return DeletionProtectionEnabled || Replicas.some((replica) => replica.DeletionProtectionEnabled);
}

/** Time to live on the server is only what DescribeTimeToLive answers; expiry.ts deletes. */
async function enableExpiry(endpoint: Endpoint, TableName: string, AttributeName: string): Promise<void> {
  const answer = await endpoint.send('DynamoDB_20120810', 'DescribeTimeToLive', { TableName });
  const { TimeToLiveDescription: present } = z
    .object({ TimeToLiveDescription: z.object({ TimeToLiveStatus: z.string(), AttributeName: z.string().optional() }) })
    .parse(answer);
  if (present.TimeToLiveStatus === 'ENABLED' && present.AttributeName === AttributeName) return;
  const set = (attribute: string, Enabled: boolean): Promise<JsonObject> =>
    endpoint.send('DynamoDB_20120810', 'UpdateTimeToLive', {
      TableName,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled },
    });
  if (present.TimeToLiveStatus === 'ENABLED') await set(present.AttributeName ?? AttributeName, false);
  await set(AttributeName, true);
}
