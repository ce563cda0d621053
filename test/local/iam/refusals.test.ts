import { describe, expect, test } from '@jest/globals';
import { createIam } from '../../../local/iam/iam.ts';
import type { JsonObject, Resource } from '../../../local/kernel/service.ts';
import { place, roleOf } from './roles-given.ts';

describe('what AWS refuses, or what is not understood, is refused at start', () => {
  const any = { Action: 'a:B', Resource: '*' };
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } };
  const policy = (statement: JsonObject) =>
    roleOf({
      Policies: [
        {
          PolicyName: 'P',
          PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] },
        },
      ],
    });

  test.each<[string, Resource, string]>([
    [
      'a condition operator',
      policy({ ...any, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
      'the condition operator IpAddress is not served',
    ],
    [
      'a policy variable',
      policy({ Action: 'a:B', Resource: 'arn:aws:s3:::${aws:username}' }),
      'policy variables are not served',
    ],
    ['a statement about no action', policy({ Resource: '*' }), 'exactly one of Action and NotAction'],
    [
      'a statement of actions that are listed and not listed',
      policy({ ...any, NotAction: 'a:C' }),
      'exactly one of Action and NotAction',
    ],
    ['a statement about no resource', policy({ Action: 'a:B' }), 'exactly one of Resource and NotResource'],
    [
      'a statement of resources that are listed and not listed',
      policy({ ...any, NotResource: 'arn:aws:s3:::b' }),
      'exactly one of Resource and NotResource',
    ],
    ['everything but nothing', policy({ NotAction: [], Resource: '*' }), 'NotAction'],
    [
      'a trust policy that names a resource',
      roleOf({ AssumeRolePolicyDocument: { Statement: [{ ...trust, Action: 'sts:AssumeRole', Resource: '*' }] } }),
      'may not name a Resource',
    ],
    [
      'a trust policy that trusts everybody with everything',
      roleOf({ AssumeRolePolicyDocument: { Statement: [trust] } }),
      'exactly one of Action and NotAction',
    ],
    ['an unknown element', policy({ ...any, NotPrincipal: '*' }), 'NotPrincipal'],
    [
      'a managed policy of AWS',
      roleOf({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      'AdministratorAccess, which is not served',
    ],
    [
      'a permissions boundary',
      roleOf({ PermissionsBoundary: 'arn:aws:iam::000000000000:policy/p' }),
      'permissions boundaries are not served',
    ],
  ])('%s', (_, resource, reason) => {
    expect(() => createIam([resource], place)).toThrow(reason);
  });
});

describe('a permission of a function', () => {
  const resource = (type: string, logicalId: string, properties: JsonObject): Resource => ({
    ...{ stack: 'S', logicalId, physicalId: logicalId, type: `AWS::Lambda::${type}`, properties },
    arn: `arn:aws:lambda:${place.region}:${place.accountId}:function:${logicalId}`,
  });
  const given = (more: JsonObject) => [
    resource('Function', 'Handler', {}),
    resource('Permission', 'Allowed', {
      ...{ Action: 'lambda:InvokeFunction', FunctionName: 'Handler', Principal: 'events.amazonaws.com' },
      ...more,
    }),
  ];

  test('is taken with its source and account', () => {
    const source = { SourceArn: 'arn:aws:events:eu-central-1:000000000000:rule/one', SourceAccount: place.accountId };
    expect(() => createIam(given(source), place)).not.toThrow();
  });

  test.each([['PrincipalOrgID'], ['EventSourceToken'], ['FunctionUrlAuthType'], ['InvokedViaFunctionUrl']])(
    'is refused with %s, which would narrow it on AWS, by the names of both',
    (name) => {
      const start = () => createIam(given({ [name]: 'any' }), place);
      expect(start).toThrow('The permission Allowed is not understood');
      expect(start).toThrow(name);
    },
  );
});
