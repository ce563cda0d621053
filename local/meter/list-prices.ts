/**
 * List prices in US dollars, without free tiers, volume discounts and taxes. Those of DynamoDB, Lambda, Step Functions,
 * KMS and API Gateway were compared on 2026-11-26 with stored copies of public pages, which are of 2025 and 2026; those
 * of EventBridge, SQS, stream reads and logs are from memory. **Check them before relying on a sum.**
 *
 * Region us-east-1, for its prices are the ones that most pages show. eu-central-1, where a stage may run, asks up to
 * about a quarter more for DynamoDB, API Gateway and logs, and the same for Lambda, Step Functions, KMS and SQS.
 */
export const region = 'us-east-1';
export const knownOn = '2026-11-26';

export interface ListPrice {
  readonly service: string;
  readonly unit: string;
  readonly dollars: number;
  /** So many units cost that. */
  readonly per: number;
  readonly source: string;
}

const million = 1_000_000;

/** By what the meter counts. */
export const listPrices = {
  dynamoDbWriteUnits: {
    service: 'DynamoDB',
    unit: 'write request units, on demand',
    ...{ dollars: 0.625, per: million },
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  dynamoDbReadUnits: {
    service: 'DynamoDB',
    unit: 'read request units, on demand',
    ...{ dollars: 0.125, per: million },
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  dynamoDbStreamReads: {
    service: 'DynamoDB',
    unit: 'GetRecords calls on a stream; those of Lambda event source mappings are free',
    ...{ dollars: 0.02, per: 100_000 },
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  lambdaRequests: {
    service: 'Lambda',
    unit: 'requests',
    ...{ dollars: 0.2, per: million },
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  lambdaArmGigabyteSeconds: {
    service: 'Lambda',
    unit: 'GB-seconds on arm64, durations rounded up to 1 ms',
    ...{ dollars: 0.0000133334, per: 1 },
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  lambdaX86GigabyteSeconds: {
    service: 'Lambda',
    unit: 'GB-seconds on x86_64, durations rounded up to 1 ms',
    ...{ dollars: 0.0000166667, per: 1 },
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  expressRequests: {
    service: 'Step Functions',
    unit: 'Express workflow requests',
    ...{ dollars: 1, per: million },
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  expressGigabyteHours: {
    service: 'Step Functions',
    unit: 'Express GB-hours: memory in chunks of 64 MB, durations rounded up to 100 ms',
    ...{ dollars: 0.06, per: 1 },
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  standardTransitions: {
    service: 'Step Functions',
    unit: 'Standard workflow state transitions, retries among them',
    ...{ dollars: 0.025, per: 1_000 },
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  kmsRequests: {
    service: 'KMS',
    unit: 'requests with symmetric, HMAC and RSA 2048 keys',
    ...{ dollars: 0.03, per: 10_000 },
    source: 'https://aws.amazon.com/kms/pricing/',
  },
  kmsAsymmetricRequests: {
    service: 'KMS',
    unit: 'requests with other asymmetric keys',
    ...{ dollars: 0.15, per: 10_000 },
    source: 'https://aws.amazon.com/kms/pricing/',
  },
  httpApiRequests: {
    service: 'API Gateway',
    unit: 'HTTP API requests, one for each 512 KB',
    ...{ dollars: 1, per: million },
    source: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  eventBridgeEvents: {
    service: 'EventBridge',
    unit: 'custom events, one for each 64 KB',
    ...{ dollars: 1, per: million },
    source: 'https://aws.amazon.com/eventbridge/pricing/',
  },
  schedulerInvocations: {
    service: 'EventBridge',
    unit: 'Scheduler invocations',
    ...{ dollars: 1, per: million },
    source: 'https://aws.amazon.com/eventbridge/pricing/',
  },
  sqsRequests: {
    service: 'SQS',
    unit: 'requests to standard queues, one for each 64 KB',
    ...{ dollars: 0.4, per: million },
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
  logGigabytes: {
    service: 'CloudWatch Logs',
    unit: 'GB ingested, 26 bytes an event on top of its text',
    ...{ dollars: 0.5, per: 1 },
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
} as const satisfies Readonly<Record<string, ListPrice>>;

export type Metered = keyof typeof listPrices;

/** What is on a bill and in no price here. */
export const notCounted = [
  'storage, backups and point-in-time recovery',
  'data transfer',
  'the monthly dollar of each KMS key, and of alarms',
  'X-Ray traces (5 dollars a million recorded; by its default rule 5 % of requests are)',
  'tokens of machine clients (Cognito), one an hour for each client',
  'polls of empty queues by Lambda, which AWS makes all day and this machine does not',
  'cold starts',
  'free tiers and volume discounts',
] as const;
