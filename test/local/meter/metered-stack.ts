import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { buildSync } from 'esbuild';
import { join } from 'node:path';
import { synthesize, temporaryFolder } from '../assembly/synthesize.ts';

/** Asks a server outside of the cloud, one call after the other, and logs a line of ten characters. */
const askOutside = `
  export const handler = async ({ url, times }) => {
    for (let asked = 0; asked < times; asked += 1) await (await fetch(url)).text();
    process.stdout.write('0123456789\\n');
    return { asked: times };
  };`;

/** Starts the workflow and waits for it. */
const waitForWorkflow = `
  import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
  const client = new SFNClient({ maxAttempts: 1 });
  export const handler = async (input) => {
    const command = new StartSyncExecutionCommand({ stateMachineArn: process.env.MACHINE, input: JSON.stringify(input) });
    return { status: (await client.send(command)).status };
  };`;

const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'Ask outside',
  States: {
    'Ask outside': {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: '${AskOutsideFunctionArn}', Payload: '{% $states.input %}' },
      End: true,
    },
  },
};

/** A table with an index, and a function that waits for a workflow that waits for a function that asks outside. */
export function synthesizeMeteredStack(): string {
  return synthesize((app) => {
    const stack = new Stack(app, 'Metered', { env: { region: 'eu-central-1' } });
    const text = (name: string) => ({ name, type: dynamodb.AttributeType.STRING });
    const table = new dynamodb.Table(stack, 'Orders', { tableName: 'orders', partitionKey: text('pk') });
    table.addGlobalSecondaryIndex({
      indexName: 'byOwner',
      partitionKey: text('owner'),
      sortKey: text('at'),
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    const asker = newFunction(stack, 'AskOutside', askOutside, 512);
    const machine = new sfn.StateMachine(stack, 'AskPatiently', {
      stateMachineName: 'ask-patiently',
      stateMachineType: sfn.StateMachineType.EXPRESS,
      definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(definition)),
      definitionSubstitutions: { AskOutsideFunctionArn: asker.functionArn },
    });
    asker.grantInvoke(machine);
    const waiter = newFunction(stack, 'Wait', waitForWorkflow, 1024, { MACHINE: machine.stateMachineArn });
    machine.grantStartSyncExecution(waiter);
  });
}

function newFunction(
  stack: Stack,
  id: string,
  contents: string,
  memorySize: number,
  environment: Record<string, string> = {},
): lambda.Function {
  const bundle = temporaryFolder();
  buildSync({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile: join(bundle, 'index.js'),
    ...{ bundle: true, platform: 'node', format: 'cjs', mainFields: ['module', 'main'] },
  });
  return new lambda.Function(stack, id, {
    functionName: id,
    runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS),
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(bundle),
    ...{ memorySize, environment },
  });
}
