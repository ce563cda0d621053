import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { HttpRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../../contracts/route.ts';
import type { Stage } from '../stage.ts';
import { acknowledge } from './acknowledge.ts';
import { HouseAlarm } from './alarm.ts';
import type { HouseFunction } from './function.ts';

export interface HouseApiProps {
  readonly stage: Stage;
  readonly routes: readonly Route[];
  /** The handlers of `.api.ts`; each is the operation of one route, and the other way round. */
  readonly functions: readonly HouseFunction[];
  readonly userPool: IUserPool;
  /** The clients whose tokens are taken. */
  readonly clients: readonly IUserPoolClient[];
}

/**
 * The HTTP API: a route is closed by the user pool's JWT and its scope unless the contract calls it open. Throttled as
 * the stage says, with access logs that carry no path and no query (both may hold what is not ours to keep).
 */
export class HouseApi extends Construct {
  readonly api: HttpApi;
  readonly url: string;

  constructor(scope: Construct, id: string, props: HouseApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Resource', {
      // Without a name AWS shows it by its id here, "Resource".
      apiName: `quittance-${props.stage.name}`,
      createDefaultStage: false,
      // Any page may call: there are no cookies, and a caller without a token gets nothing.
      corsPreflight: {
        allowOrigins: ['*'],
        allowMethods: [
          CorsHttpMethod.GET,
          CorsHttpMethod.POST,
          CorsHttpMethod.PUT,
          CorsHttpMethod.PATCH,
          CorsHttpMethod.DELETE,
        ],
        allowHeaders: ['authorization', 'content-type', 'idempotency-key'],
        exposeHeaders: ['idempotent-replayed', 'location'],
        maxAge: Duration.hours(1),
      },
    });
    this.url = this.createStage(props.stage).url;
    this.createRoutes(props);
    new HouseAlarm(this, 'ServerErrorsAlarm', {
      metric: this.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 1,
      meaning: 'The API answered with a 5xx.',
      runbook: 'The API answers with server errors',
    });
  }

  private createStage({ throttling, logRetentionDays }: Stage): HttpStage {
    const logs = new LogGroup(this, 'AccessLogs', { retention: logRetentionDays, removalPolicy: RemovalPolicy.RETAIN });
    return new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttling.rate, burstLimit: throttling.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(accessLogLine)),
      },
    });
  }

  private createRoutes({ routes, functions, userPool, clients }: HouseApiProps): void {
    const authorizer = new HttpUserPoolAuthorizer('Authorizer', userPool, { userPoolClients: [...clients] });
    const unrouted = new Set(functions);
    for (const route of routes) {
      const target = functions.find((each) => each.verbNoun === route.operation);
      if (!target)
        throw new Error(
          `The route ${route.method} ${route.path} needs lambdas/${route.capability}/${route.operation}.api.ts in lib/.`,
        );
      unrouted.delete(target);
      const added = this.api.addRoutes({
        path: route.path,
        methods: [HttpMethod[route.method]],
        integration: new HttpLambdaIntegration(target.node.id, target.function),
        ...(route.scope === 'open'
          ? { authorizer: new HttpNoneAuthorizer() }
          : { authorizer, authorizationScopes: [route.scope] }),
      });
      if (route.scope === 'open') for (const each of added) acknowledgeOpenRoute(each, route);
    }
    for (const { verbNoun } of unrouted)
      throw new Error(`No route of contracts/routes.ts has the operation ${verbNoun}.`);
  }
}

function acknowledgeOpenRoute(added: HttpRoute, { method }: Route): void {
  const reason =
    method === 'GET'
      ? 'contracts/routes.ts calls it open: it tells only what is public (the document, the public key).'
      : 'contracts/routes.ts calls it open: a partner signs what it sends, which the function verifies (signed-handler.ts).';
  acknowledge(added, 'AwsSolutions-APIG4', reason);
}

/** One access log line. routeKey instead of the path: ids of the path and all of the query stay out of it. */
const accessLogLine = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  clientId: '$context.authorizer.claims.client_id',
  subject: '$context.authorizer.claims.sub',
  sourceIp: '$context.identity.sourceIp',
  responseLength: '$context.responseLength',
  responseLatency: '$context.responseLatency',
  integrationStatus: '$context.integration.integrationStatus',
  integrationLatency: '$context.integrationLatency',
  error: '$context.error.message',
  authorizerError: '$context.authorizer.error',
};
