import { Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { buildSync } from 'esbuild';
import { join } from 'node:path';
import { synthesize, temporaryFolder } from '../assembly/synthesize.ts';

/** Answers what an Express run answers that it waits for, as a payment's function does. */
const pay = `
  import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
  const client = new SFNClient({ maxAttempts: 1 });
  export const handler = async () => {
    const { status } = await client.send(
      new StartSyncExecutionCommand({ stateMachineArn: process.env.MACHINE_ARN, input: '{}' }),
    );
    return { statusCode: 200, body: JSON.stringify({ status }) };
  };`;

/** The acquirer's answer comes with the second attempt. */
const authorize = `
  let calls = 0;
  export const handler = async () => {
    calls += 1;
    if (calls === 1) throw new Error('not yet');
    return {};
  };`;

const look = "export const handler = async () => ({ statusCode: 200, body: '{}' });";

function functionOf(stack: Stack, id: string, contents: string, environment: Record<string, string> = {}) {
  const bundle = temporaryFolder();
  buildSync({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile: join(bundle, 'index.js'),
    ...{ bundle: true, platform: 'node', format: 'cjs', mainFields: ['module', 'main'] },
  });
  return new lambda.Function(stack, id, {
    runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS),
    handler: 'index.handler',
    code: lambda.Code.fromAsset(bundle),
    timeout: Duration.seconds(20),
    environment,
  });
}

/** An API whose `POST /pay` waits for a workflow that fails once and is tried again after a second; `GET /look` waits for nobody. */
export function synthesizeTill(): string {
  return synthesize((app) => {
    const stack = new Stack(app, 'Till', { env: { region: 'eu-central-1' } });
    const task = functionOf(stack, 'Authorize', authorize);
    const machine = new stepfunctions.StateMachine(stack, 'Payment', {
      stateMachineType: stepfunctions.StateMachineType.EXPRESS,
      definitionBody: stepfunctions.DefinitionBody.fromString(
        JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Authorize',
          States: {
            Authorize: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke',
              Arguments: { FunctionName: '${authorize}', Payload: {} },
              Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }],
              End: true,
            },
          },
        }),
      ),
      definitionSubstitutions: { authorize: task.functionArn },
    });
    task.grantInvoke(machine);
    const api = new HttpApi(stack, 'Api');
    const addRoute = (method: HttpMethod, path: string, handler: lambda.Function) =>
      api.addRoutes({
        path,
        methods: [method],
        integration: new HttpLambdaIntegration(`For${handler.node.id}`, handler),
      });
    const payer = functionOf(stack, 'Pay', pay, { MACHINE_ARN: machine.stateMachineArn });
    machine.grantStartSyncExecution(payer);
    addRoute(HttpMethod.POST, '/pay', payer);
    addRoute(HttpMethod.GET, '/look', functionOf(stack, 'Look', look));
  });
}
