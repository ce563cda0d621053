import * as z from 'zod';
import { compileEventPattern } from '../event-bus/event-pattern.ts';
import type { EventMatcher } from '../event-bus/event-pattern.ts';
import { parseJsonObject } from '../kernel/json.ts';
import type { Json, Resource } from '../kernel/service.ts';

/** What a mapping on a stream and one on a queue have in common. */
export interface Mapping {
  /** Names the mapping for ever: its checkpoint is found by it. */
  readonly id: string;
  readonly sourceArn: string;
  readonly functionArn: string;
  /** The function's role, by which the source is read. */
  readonly roleArn: string;
  readonly batchSize: number;
  readonly reportsItemFailures: boolean;
  /** Whether a record is one for the function. */
  readonly matches: (record: Json) => boolean;
}

export interface StreamMapping extends Mapping {
  readonly startsAtLatest: boolean;
  readonly windowMilliseconds: number;
  readonly bisects: boolean;
  /** Infinity: until the record is too old. */
  readonly maximumRetryAttempts: number;
  /** Infinity: as long as the stream keeps it. */
  readonly maximumAgeSeconds: number;
  /** The queue that hears of discarded batches. */
  readonly onFailureArn: string | undefined;
}

export interface Mappings {
  readonly streams: readonly StreamMapping[];
  readonly queues: readonly Mapping[];
}

const unlimited = (text: number): number => (text === -1 ? Infinity : text);
const optionalLimit = z.coerce.number().int().min(-1).default(-1).transform(unlimited);

const mappingProperties = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.union([z.boolean(), z.stringbool()]).default(true),
  BatchSize: z.coerce.number().int().min(1).max(10_000).optional(),
  MaximumBatchingWindowInSeconds: z.coerce.number().int().min(0).max(300).default(0),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).default('TRIM_HORIZON'),
  FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })).default([]) }).optional(),
  BisectBatchOnFunctionError: z.union([z.boolean(), z.stringbool()]).default(false),
  MaximumRetryAttempts: optionalLimit,
  MaximumRecordAgeInSeconds: optionalLimit,
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string().optional() }).optional() }).optional(),
  TumblingWindowInSeconds: z.coerce.number().int().default(0),
});
type MappingProperties = z.infer<typeof mappingProperties>;

/**
 * The enabled mappings of the template.
 *
 * @throws Error that names the mapping whose source, filter, destination or window is not served.
 */
export function readMappings(resources: readonly Resource[]): Mappings {
  const streams: StreamMapping[] = [];
  const queues: Mapping[] = [];
  for (const resource of resources.filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')) {
    const of = `event source mapping ${resource.stack}/${resource.logicalId}`;
    const properties = mappingProperties.parse(resource.properties);
    const service = properties.EventSourceArn.split(':')[2];
    if (service === 'dynamodb') {
      const mapping = readStreamMapping(of, common(resource, of, properties, 100, resources), properties);
      if (properties.Enabled) streams.push(mapping);
    } else if (service === 'sqs') {
      const mapping = common(resource, of, properties, 10, resources);
      if (properties.Enabled) queues.push(mapping);
    } else {
      throw new Error(`The ${of} reads ${properties.EventSourceArn}, which the embedded cloud does not serve.`);
    }
  }
  return { streams, queues };
}

function common(
  { stack, logicalId }: Resource,
  of: string,
  properties: MappingProperties,
  usualBatchSize: number,
  resources: readonly Resource[],
): Mapping {
  const { FunctionName, EventSourceArn, BatchSize, FunctionResponseTypes, FilterCriteria } = properties;
  const lambda = resources.find(
    ({ type, arn, physicalId }) =>
      type === 'AWS::Lambda::Function' && (arn === FunctionName || physicalId === FunctionName),
  );
  if (lambda === undefined)
    throw new Error(`The ${of} names the function ${FunctionName}, which is not in the template.`);
  return {
    id: `${stack}/${logicalId}`,
    sourceArn: EventSourceArn,
    functionArn: lambda.arn,
    roleArn: z.object({ Role: z.string() }).parse(lambda.properties).Role,
    batchSize: BatchSize ?? usualBatchSize,
    reportsItemFailures: FunctionResponseTypes.length > 0,
    matches: compileFilters(of, FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? []),
  };
}

function readStreamMapping(of: string, mapping: Mapping, properties: MappingProperties): StreamMapping {
  const destination = properties.DestinationConfig?.OnFailure?.Destination;
  if (destination !== undefined && destination.split(':')[2] !== 'sqs') {
    throw new Error(`The ${of} sends failures to ${destination}: the embedded cloud serves queues alone.`);
  }
  if (properties.TumblingWindowInSeconds > 0) {
    throw new Error(`The ${of} has a tumbling window, which the embedded cloud does not serve.`);
  }
  return {
    ...mapping,
    startsAtLatest: properties.StartingPosition === 'LATEST',
    windowMilliseconds: properties.MaximumBatchingWindowInSeconds * 1000,
    bisects: properties.BisectBatchOnFunctionError,
    maximumRetryAttempts: properties.MaximumRetryAttempts,
    maximumAgeSeconds: properties.MaximumRecordAgeInSeconds,
    onFailureArn: destination,
  };
}

/** A record is for the function when one of the filters matches, or when there is none. */
function compileFilters(of: string, patterns: readonly string[]): (record: Json) => boolean {
  const filters = patterns.map((pattern): EventMatcher => {
    try {
      return compileEventPattern(parseJsonObject(pattern, 'The filter'));
    } catch (error) {
      throw new Error(`The ${of}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
  return (record) => filters.length === 0 || filters.some((matches) => matches(record));
}
