import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createCredentials } from '../../../local/gateway/credentials.ts';
import type { Credentials, IssuedCredentials } from '../../../local/gateway/credentials.ts';
import { createDispatcher } from '../../../local/gateway/dispatcher.ts';
import type { ObservedCall } from '../../../local/gateway/dispatcher.ts';
import { createGateway } from '../../../local/gateway/gateway.ts';
import { createIam } from '../../../local/iam/iam.ts';
import { createFaults } from '../../../local/kernel/faults.ts';
import type { Faults } from '../../../local/kernel/faults.ts';
import type { AwsService, Call, JsonObject, Resource } from '../../../local/kernel/service.ts';

const place = { region: 'eu-central-1', accountId: '000000000000' };
export const cloudNow = Date.parse('2027-03-04T05:06:07Z');
export const roleArn = 'arn:aws:iam::000000000000:role/writer';
export const putItem = new PutItemCommand({ TableName: 't', Item: { pk: { S: 'a' } } });

/** A role that may PutItem on one table and nothing else. */
const writer: Resource = {
  stack: 'S',
  logicalId: 'Writer',
  type: 'AWS::IAM::Role',
  physicalId: 'writer',
  arn: roleArn,
  properties: {
    AssumeRolePolicyDocument: { Statement: [] },
    Policies: [
      {
        PolicyName: 'P',
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: ['dynamodb:PutItem', 'kms:*'], Resource: '*' },
            {
              Effect: 'Allow',
              Action: 'lambda:InvokeFunction',
              Resource: 'arn:aws:lambda:eu-central-1:000000000000:function:double',
            },
          ],
        },
      },
    ],
  },
};

/** What a service of the test answers. */
export type AnswerOf = (service: string, call: Call) => JsonObject | Promise<JsonObject>;

interface ClientConfiguration {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: IssuedCredentials;
  readonly maxAttempts: number;
}

export interface GatewayWorld {
  /** What the services answer from now on; the operation's name unless told otherwise. */
  answerOf: AnswerOf;
  readonly url: string;
  readonly credentials: Credentials;
  readonly faults: Faults;
  readonly observed: readonly ObservedCall[];
  readonly lines: readonly string[];
  /** The ids of invocations that have ended. */
  readonly dead: Set<string>;
  /** The configuration of a client of the SDK, the operator's unless told otherwise. */
  configuration(as?: IssuedCredentials): ClientConfiguration;
  /** Closes a client at the end. */
  track<T extends { destroy(): void }>(client: T): T;
  dynamoDb(as?: IssuedCredentials): DynamoDBClient;
  close(): Promise<void>;
}

/** A gateway with its dispatcher before services that the test plays. */
export async function givenGateway(): Promise<GatewayWorld> {
  const played: { answerOf: AnswerOf } = { answerOf: (_, { operation }) => ({ did: operation }) };
  const observed: ObservedCall[] = [];
  const lines: string[] = [];
  const dead = new Set<string>();
  const clients: { destroy(): void }[] = [];
  const clock = { now: () => cloudNow };
  const faults = createFaults({ clock });
  const credentials = createCredentials();
  const services = playedServices((service, call) => played.answerOf(service, call));
  const gateway = await createGateway({
    ...{ services, credentials, clock },
    isInvocationAlive: (id) => !dead.has(id),
    dispatch: createDispatcher({
      ...{ services, faults },
      iam: createIam([writer], place),
      observe: (call) => observed.push(call),
      log: (line) => lines.push(line),
    }),
  });
  const configuration = (as = credentials.forOperator()) => ({
    ...{ endpoint: gateway.url, region: place.region, credentials: as, maxAttempts: 1 },
  });
  const track = <T extends { destroy(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  return Object.assign(played, {
    ...{ url: gateway.url, credentials, faults, observed, lines, dead, configuration, track },
    dynamoDb: (as?: IssuedCredentials) => track(new DynamoDBClient(configuration(as))),
    close: async () => {
      for (const client of clients) client.destroy();
      await gateway.close();
    },
  });
}

function playedServices(answerOf: AnswerOf): ReadonlyMap<string, AwsService> {
  const serviceOf = (name: string, targets: string[], resource: (input: JsonObject) => string, action?: string) => ({
    ...{ name, targets },
    access: ({ operation, input }: Call) => [{ action: action ?? `${name}:${operation}`, resource: resource(input) }],
    handle: async (call: Call) => Promise.resolve(await answerOf(name, call)),
  });
  const functionArn = ({ FunctionName }: JsonObject) =>
    `arn:aws:lambda:eu-central-1:000000000000:function:${FunctionName as string}`;
  return new Map(
    [
      serviceOf('dynamodb', ['DynamoDB_20120810'], () => 'arn:aws:dynamodb:eu-central-1:000000000000:table/t'),
      serviceOf('kms', ['TrentService'], () => '*'),
      serviceOf('lambda', [], functionArn, 'lambda:InvokeFunction'),
    ].map((service) => [service.name, service]),
  );
}
