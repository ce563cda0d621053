import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { join } from 'node:path';
import { startCloud } from '../../../local/cloud.ts';
import type { Cloud, CloudOptions } from '../../../local/cloud.ts';
import { synthesize, temporaryFolder } from '../assembly/synthesize.ts';

/** A function that writes what it is given to the table that it is given, and answers its own time. */
const handler = `
  import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
  const client = new DynamoDBClient({ maxAttempts: 1 });
  export const handler = async ({ table, pk }) => {
    await client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk } } }));
    return { now: Date.now(), acquirerUrl: process.env.ACQUIRER_URL };
  };`;

/** A stack with a table that its function may write, one that it may not, a key and an alarm. */
export function synthesizeShop(): string {
  const bundle = temporaryFolder();
  const contents = handler;
  buildSync({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile: join(bundle, 'index.js'),
    ...{ bundle: true, platform: 'node', format: 'cjs', mainFields: ['module', 'main'] },
  });
  return synthesize((app) => {
    const stack = new Stack(app, 'Shop', { env: { region: 'eu-central-1' } });
    const partitionKey = { name: 'pk', type: dynamodb.AttributeType.STRING };
    const items = new dynamodb.Table(stack, 'Items', { tableName: 'items', partitionKey });
    new dynamodb.Table(stack, 'Secrets', { tableName: 'secrets', partitionKey });
    new kms.Key(stack, 'Key').addAlias('alias/shop');
    const acquirerUrl = new CfnParameter(stack, 'AcquirerUrl', { default: 'http://nobody' }).valueAsString;
    const writer = new lambda.Function(stack, 'Writer', {
      functionName: 'writer',
      runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS),
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundle),
      environment: { ACQUIRER_URL: acquirerUrl, SELLERS: '[{"id":"sel_one"},{"id":"sel_two"}]' },
    });
    items.grant(writer, 'dynamodb:PutItem');
    const metric = writer.metricErrors();
    new cloudwatch.Alarm(stack, 'Errors', { metric, threshold: 1, evaluationPeriods: 1 });
    new CfnOutput(stack, 'TableName', { value: items.tableName });
  });
}

export interface World {
  readonly cloud: Cloud;
  readonly lines: readonly string[];
  readonly dynamoDb: DynamoDBClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  close(): Promise<void>;
}

/** Starts a cloud on a free port, with SDK clients of its operator. */
export async function givenCloud(
  options: Partial<CloudOptions> & Pick<CloudOptions, 'assemblyDirectory'>,
): Promise<World> {
  const lines: string[] = [];
  const cloud = await startCloud({ dataDir: temporaryFolder(), port: 0, log: (line) => lines.push(line), ...options });
  const configuration = {
    endpoint: cloud.awsUrl,
    region: cloud.region,
    credentials: cloud.operatorCredentials,
    maxAttempts: 1,
  };
  const clients = [
    new DynamoDBClient(configuration),
    new KMSClient(configuration),
    new LambdaClient(configuration),
  ] as const;
  return {
    ...{ cloud, lines, dynamoDb: clients[0], kms: clients[1], lambda: clients[2] },
    close: async () => {
      for (const client of clients) client.destroy();
      await cloud.close();
    },
  };
}

/** Asks the main port, and answers status and parsed body. */
export async function ask(
  cloud: Cloud,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${cloud.baseUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}
