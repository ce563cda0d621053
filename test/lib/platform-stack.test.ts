import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { routes } from '../../contracts/routes.ts';
import { projectPath } from '../../lib/house/root.ts';
import type { Assembly, Resource } from './assembly.ts';
import { givenAssembly, readable, resourcesOfType, withoutHash } from './assembly.ts';

let assembly: Assembly;
beforeAll(async () => {
  assembly = await givenAssembly('local');
});

const ofType = (type: string) => resourcesOfType(assembly.platform, type);
const functions = () => ofType('AWS::Lambda::Function');
const byId = (type: string) => new Map(ofType(type).map(([id, resource]) => [withoutHash(id), resource.Properties]));

function integrationOf(route: Resource): string {
  const [, logicalId = ''] = readable(assembly, route.Properties['Target']).split('/');
  const integration = byId('AWS::ApiGatewayV2::Integration').get(logicalId);
  return readable(assembly, integration?.['IntegrationUri']);
}

describe('routes', () => {
  test('are exactly those of the contract, each with its scope and its function', () => {
    const inTemplate = ofType('AWS::ApiGatewayV2::Route').map(([, route]) => {
      const { RouteKey: key, AuthorizationType: type, AuthorizationScopes: scopes } = route.Properties;
      return [key, type, scopes, integrationOf(route)];
    });
    const inContract = routes.map(({ method, path, scope, capability, operation }) => {
      const pascal = (words: string) =>
        words
          .split('-')
          .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
          .join('');
      const target = pascal(capability) + pascal(operation);
      return [`${method} ${path}`, ...(scope === 'open' ? ['NONE', undefined] : ['JWT', [scope]]), target];
    });
    expect(inTemplate.toSorted()).toEqual(inContract.toSorted());
  });

  test('take the tokens of every machine client of the pool', () => {
    const [[, authorizer] = ['', { Properties: {} }]] = ofType('AWS::ApiGatewayV2::Authorizer');
    const { Audience: audience, Issuer: issuer } = (
      authorizer.Properties as { JwtConfiguration: { Audience: unknown[]; Issuer: unknown } }
    ).JwtConfiguration;
    expect(audience.map((client) => readable(assembly, client))).toEqual([
      'AccessUserPoolplatformclient',
      'AccessUserPooloperationsclient',
    ]);
    expect(readable(assembly, issuer)).toBe('https://cognito-idp.eu-central-1.amazonaws.com/AccessUserPool');
  });

  test('are throttled, and their access log holds neither path nor query', () => {
    const [[, stage] = ['', { Properties: {} }]] = ofType('AWS::ApiGatewayV2::Stage');
    expect(stage.Properties).toMatchObject({
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 10_000, ThrottlingBurstLimit: 5_000 },
    });
    const { Format: format } = (stage.Properties as { AccessLogSettings: { Format: string } }).AccessLogSettings;
    expect(JSON.parse(format)).toMatchObject({ routeKey: '$context.routeKey' });
    expect(format).not.toMatch(/path|query/iu);
  });
});

test('the API has a name of its own among those of the account', () => {
  expect(ofType('AWS::ApiGatewayV2::Api').map(([, { Properties: p }]) => p['Name'])).toEqual(['quittance-local']);
});

describe('functions', () => {
  test('run Node 24 on arm64 with JSON logs, tracing and a log group of their own', () => {
    const logGroups = new Set<unknown>();
    for (const [id, { Properties: properties }] of functions()) {
      expect([id, properties]).toMatchObject([
        id,
        {
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.any(String) } },
          TracingConfig: { Mode: 'Active' },
          Code: { S3Key: expect.stringMatching(/^[0-9a-f]{64}\.zip$/u) },
        },
      ]);
      logGroups.add(JSON.stringify(properties['LoggingConfig']));
    }
    expect(logGroups.size).toBe(functions().length);
  });

  test('give up into a dead-letter queue where nobody waits for them', () => {
    const withQueue = functions().filter(
      ([, { Properties: properties }]) => properties['DeadLetterConfig'] !== undefined,
    );
    expect(withQueue.map(([id]) => withoutHash(id)).toSorted()).toEqual([
      'FraudCountDeclines',
      'FraudRecordLabel',
      'FraudUpkeepMonitorModel',
      'FxRefreshRates',
      'GiftCardUpkeepExpireGiftCards',
      'GiftCardUpkeepSweepGiftCardEvents',
      'LedgerCloseDay',
      'PaymentUpkeepNoteExpiries',
      'PaymentUpkeepStartResolutions',
      'PaymentUpkeepSweepEvents',
      'SettlementReconcileSettlement',
    ]);
  });

  test('wake somebody when they fail and when they are throttled', () => {
    const watched = ofType('AWS::CloudWatch::Alarm').flatMap(([, { Properties: p }]) =>
      ((p['Dimensions'] ?? []) as { Name: string; Value: unknown }[])
        .filter(({ Name: name }) => name === 'FunctionName')
        .map(({ Value: value }) => `${readable(assembly, value)} ${String(p['MetricName'])}`),
    );
    for (const [id] of functions()) {
      expect(watched).toEqual(expect.arrayContaining([`${withoutHash(id)} Errors`, `${withoutHash(id)} Throttles`]));
    }
  });

  test('may be called by the API, the rules and nobody else', () => {
    const callers = ofType('AWS::Lambda::Permission').map(
      ([, { Properties: p }]) => `${String(p['Principal'])} ${readable(assembly, p['FunctionName'])}`,
    );
    const ofRoutes = ofType('AWS::ApiGatewayV2::Route').map(
      ([, route]) => `apigateway.amazonaws.com ${integrationOf(route)}`,
    );
    // One for each rule.
    const ofRules = ['FraudCountDeclines', 'FraudRecordLabel', 'FraudRecordLabel'].map(
      (id) => `events.amazonaws.com ${id}`,
    );
    expect(callers.toSorted()).toEqual([...ofRoutes, ...ofRules].toSorted());
  });
});

test.each([
  ['PaymentsTable', 'PaymentUpkeepPublishEvents', 'UnpublishedQueue'],
  ['GiftCardsTable', 'GiftCardUpkeepPublishGiftCardEvents', 'UnpublishedGiftCardsQueue'],
])('new transitions of %s reach %s in batches that are halved, and what fails is kept', (table, target, queue) => {
  const [, mapping] =
    ofType('AWS::Lambda::EventSourceMapping').find(
      ([, { Properties: p }]) =>
        readable(assembly, p['EventSourceArn']) === `${table}.StreamArn` &&
        readable(assembly, p['FunctionName']) === target,
    ) ?? [];
  const { FilterCriteria: criteria, ...properties } = mapping?.Properties as {
    FilterCriteria: { Filters: { Pattern: string }[] };
    DestinationConfig: { OnFailure: { Destination: unknown } };
  };
  expect(properties).toMatchObject({
    BatchSize: 100,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 10,
    MaximumRecordAgeInSeconds: 20 * 3600,
    StartingPosition: 'TRIM_HORIZON',
  });
  expect(criteria.Filters.map(({ Pattern: pattern }) => JSON.parse(pattern) as unknown)).toEqual([
    { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'transition#' }] } } } },
  ]);
  expect(readable(assembly, properties.DestinationConfig.OnFailure.Destination)).toBe(queue);
});

test('each table of transitions reaches the journal, in large batches that come until they are booked', () => {
  const mappings = ofType('AWS::Lambda::EventSourceMapping').filter(
    ([, { Properties: p }]) => readable(assembly, p['FunctionName']) === 'LedgerJournalEntries',
  );
  expect(mappings.map(([, { Properties: p }]) => readable(assembly, p['EventSourceArn'])).toSorted()).toEqual([
    'GiftCardsTable.StreamArn',
    'PaymentsTable.StreamArn',
    'SettlementsTable.StreamArn',
  ]);
  for (const [, { Properties: properties }] of mappings) {
    expect(properties).toMatchObject({
      BatchSize: 200,
      MaximumBatchingWindowInSeconds: 60,
      MaximumRecordAgeInSeconds: 20 * 3600,
      StartingPosition: 'TRIM_HORIZON',
    });
    expect(properties).not.toHaveProperty('MaximumRetryAttempts');
    const { OnFailure: failure } = properties['DestinationConfig'] as { OnFailure: { Destination: unknown } };
    expect(readable(assembly, failure.Destination)).toBe('UnjournaledDeadLetters');
  }
});

test('schedules wake resolver, sweepers, rates, expiry, the closing of days and settlement at their times, with a queue for what is lost', () => {
  const schedules = ofType('AWS::Scheduler::Schedule').map(([, { Properties: p }]) => {
    const target = p['Target'] as { Arn: unknown; DeadLetterConfig: { Arn: unknown } };
    const zone = p['ScheduleExpressionTimezone'] as string | undefined;
    const times = `${String(p['ScheduleExpression'])}${zone === undefined ? '' : ` ${zone}`}`;
    return [times, readable(assembly, target.Arn), readable(assembly, target.DeadLetterConfig.Arn)];
  });
  expect(schedules.toSorted()).toEqual([
    ['cron(0 1 * * ? *) UTC', 'FraudUpkeepMonitorModel', 'FraudUpkeepMonitorModelDeadLetters'],
    ['cron(15 0 * * ? *) UTC', 'LedgerCloseDay', 'LedgerCloseDayDeadLetters'],
    ['cron(30 1,13 * * ? *) UTC', 'SettlementReconcileSettlement', 'SettlementReconcileSettlementDeadLetters'],
    ['cron(30 16 ? * MON-FRI *) Europe/Berlin', 'FxRefreshRates', 'FxRefreshRatesDeadLetters'],
    ['rate(1 minute)', 'PaymentUpkeepStartResolutions', 'PaymentUpkeepStartResolutionsDeadLetters'],
    ['rate(1440 minutes)', 'GiftCardUpkeepExpireGiftCards', 'GiftCardUpkeepExpireGiftCardsDeadLetters'],
    ['rate(5 minutes)', 'GiftCardUpkeepSweepGiftCardEvents', 'GiftCardUpkeepSweepGiftCardEventsDeadLetters'],
    ['rate(5 minutes)', 'PaymentUpkeepSweepEvents', 'PaymentUpkeepSweepEventsDeadLetters'],
    ['rate(60 minutes)', 'PaymentUpkeepNoteExpiries', 'PaymentUpkeepNoteExpiriesDeadLetters'],
  ]);
});

test.each([
  ['settlement does not fit our book', 'Settlement does not fit', 'SettlementReconcileSettlement'],
  ['clearing is overdue', 'Money does not clear in time', 'SettlementReconcileSettlement'],
  ['fraud model needs a look', 'Fraud model needs a look', 'FraudUpkeepMonitorModel'],
])('a log that says "%s" wakes somebody, who is led to "%s" (%s)', (message, heading, id) => {
  const [, filter] =
    ofType('AWS::Logs::MetricFilter').find(([, { Properties: p }]) =>
      String(p['FilterPattern']).includes(`= "${message}"`),
    ) ?? [];
  const { LogGroupName: group, MetricTransformations: metrics } = filter?.Properties as {
    LogGroupName: unknown;
    MetricTransformations: { MetricName: string; MetricNamespace: string; MetricValue: string }[];
  };
  expect(readable(assembly, group)).toBe(`${id}Logs`);
  expect(filter?.Properties['FilterPattern']).toBe(`{ $.message.message = "${message}" }`);
  const alarm = ofType('AWS::CloudWatch::Alarm').find(
    ([, { Properties: p }]) =>
      p['MetricName'] === metrics[0]?.MetricName && p['Namespace'] === metrics[0]?.MetricNamespace,
  );
  expect(alarm?.[1].Properties).toMatchObject({ Threshold: 1, EvaluationPeriods: 1, Statistic: 'Sum' });
  const anchor = heading.toLowerCase().replaceAll(' ', '-');
  expect(String(alarm?.[1].Properties['AlarmDescription'])).toContain(`docs/runbook.md#${anchor}`);
});

test.each([
  ['FraudDeclinesRule', 'FraudCountDeclines', { 'detail-type': ['payment.declined'] }],
  ['FraudDisputesRule', 'FraudRecordLabel', { 'detail-type': [{ prefix: 'dispute.' }] }],
  [
    'FraudVerdictsRule',
    'FraudRecordLabel',
    {
      'detail-type': ['payment.authorized', 'payment.review_declined'],
      detail: { data: { cause: [{ prefix: 'rev_' }] } },
    },
  ],
])('%s wakes %s, with a queue for what cannot be delivered', (id, woken, pattern) => {
  const [, rule] = ofType('AWS::Events::Rule').find(([logicalId]) => withoutHash(logicalId) === id) ?? [];
  const { EventPattern: found, Targets: targets } = (rule?.Properties ?? {}) as {
    EventPattern: unknown;
    Targets: { Arn: unknown; DeadLetterConfig: { Arn: unknown } }[];
  };
  expect(found).toEqual({ source: ['quittance'], ...pattern });
  expect(
    targets.map(({ Arn: arn, DeadLetterConfig: { Arn: queue } }) => [
      readable(assembly, arn),
      readable(assembly, queue),
    ]),
  ).toEqual([[woken, `${woken}DeadLetters`]]);
});

test('there are no other rules', () => {
  expect(ofType('AWS::Events::Rule')).toHaveLength(3);
});

describe('workflows', () => {
  test('authorize-payment is express, those that wait are standard; none logs data', () => {
    const types = ofType('AWS::StepFunctions::StateMachine').map(([id, { Properties: p }]) => [
      withoutHash(id),
      p['StateMachineType'],
    ]);
    expect(types.toSorted()).toEqual([
      ['FraudReviewPayment', 'STANDARD'],
      ['PaymentsAuthorizePayment', 'EXPRESS'],
      ['PaymentsResolvePayment', 'STANDARD'],
    ]);
    for (const [, { Properties: p }] of ofType('AWS::StepFunctions::StateMachine')) {
      expect(p['LoggingConfiguration']).toMatchObject({ IncludeExecutionData: false, Level: 'ERROR' });
      expect(p['TracingConfiguration']).toEqual({ Enabled: true });
    }
  });

  test.each(['authorize-payment', 'resolve-payment', 'review-payment'])(
    '%s waits for a function longer than the function may take',
    (workflow) => {
      const { States: states } = JSON.parse(
        readFileSync(projectPath(`statemachines/${workflow}.asl.json`), 'utf8'),
      ) as {
        States: Record<string, { TimeoutSeconds?: number | string; Arguments?: { FunctionName?: string } }>;
      };
      const timeouts = new Map(
        functions().map(([id, { Properties: p }]) => [
          withoutHash(id).replace(/^(?:Payments|Fraud)/u, ''),
          p['Timeout'] as number,
        ]),
      );
      const tasks = Object.entries(states).flatMap(([name, { TimeoutSeconds: seconds, Arguments: input }]) => {
        const called = /^\$\{(?<id>\w+)FunctionArn\}$/u.exec(input?.FunctionName ?? '')?.groups?.['id'];
        // A task that waits for a person waits as long as the person may take.
        return called === undefined || typeof seconds === 'string'
          ? []
          : [{ name, seconds: seconds ?? 0, functionSeconds: timeouts.get(called) ?? Infinity }];
      });
      expect(tasks).not.toEqual([]);
      expect(tasks.filter(({ seconds, functionSeconds }) => seconds <= functionSeconds)).toEqual([]);
    },
  );
});

test('the acquirer is a parameter with the default of the stage, and takes no plain HTTP but on the loopback', () => {
  const { Default: url, AllowedPattern: pattern = '' } = assembly.platform.Parameters['AcquirerUrl'] ?? {};
  expect(url).toBe('http://127.0.0.1:8788');
  expect(url).toMatch(new RegExp(pattern, 'u'));
  expect('http://acquirer.example').not.toMatch(new RegExp(pattern, 'u'));
  const urls = functions().map(([id, { Properties: p }]) => [
    withoutHash(id),
    (p['Environment'] as { Variables: Record<string, unknown> } | undefined)?.Variables['ACQUIRER_URL'],
  ]);
  expect(urls.filter(([, url]) => url !== undefined).toSorted()).toEqual([
    ['PaymentsAuthorizeCard', { Ref: 'AcquirerUrl' }],
    ['PaymentsCancelAuthorization', { Ref: 'AcquirerUrl' }],
    ['PaymentsCreateCapture', { Ref: 'AcquirerUrl' }],
    ['PaymentsCreateRefund', { Ref: 'AcquirerUrl' }],
    ['PaymentsFinishMovements', { Ref: 'AcquirerUrl' }],
    ['PaymentsLookUpAuthorization', { Ref: 'AcquirerUrl' }],
    ['PaymentsVoidPayment', { Ref: 'AcquirerUrl' }],
    ['SettlementReconcileSettlement', { Ref: 'AcquirerUrl' }],
  ]);
});

test('the source of rates is a parameter too, and where it is deployed the one of the European Central Bank', async () => {
  expect(assembly.platform.Parameters['RatesUrl']?.Default).toBe(
    'http://127.0.0.1:8789/stats/eurofxref/eurofxref-daily.xml',
  );
  const development = await givenAssembly('dev');
  expect(development.platform.Parameters['RatesUrl']?.Default).toBe(
    'https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml',
  );
  const users = functions().filter(([, { Properties: p }]) =>
    JSON.stringify(p['Environment'] ?? {}).includes('RATES_URL'),
  );
  expect(users.map(([id]) => withoutHash(id)).toSorted()).toEqual(['FxCreateQuote', 'FxRefreshRates']);
});
