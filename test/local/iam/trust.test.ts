import { expect, test } from '@jest/globals';
import { createIam } from '../../../local/iam/iam.ts';
import { checkRolesInUse } from '../../../local/iam/trust.ts';
import type { Resource } from '../../../local/kernel/service.ts';
import { place, roleOf } from './roles-given.ts';

test('the scheduler assumes a role in the name of its schedule’s group', () => {
  const arn = (kind: string, name: string) => `arn:aws:scheduler:eu-central-1:000000000000:${kind}/${name}`;
  const given = (trusted: string): Resource[] => {
    const statement = {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceArn': trusted, 'aws:SourceAccount': '000000000000' } },
    };
    const role = roleOf({ AssumeRolePolicyDocument: { Statement: [statement] } });
    const schedule = {
      stack: 'S',
      logicalId: 'T',
      type: 'AWS::Scheduler::Schedule',
      physicalId: 'T',
      arn: arn('schedule', 'upkeep/T'),
    };
    return [role, { ...schedule, properties: { GroupName: 'upkeep', Target: { RoleArn: role.arn } } }];
  };
  const check = (resources: Resource[]) => () => {
    checkRolesInUse(resources, createIam(resources, place));
  };
  expect(check(given(arn('schedule-group', 'upkeep')))).not.toThrow();
  expect(check(given(arn('schedule', 'upkeep/T')))).toThrow('scheduler.amazonaws.com may not assume');
});

test('a function whose role Lambda may not assume is refused at start', () => {
  const resources: Resource[] = [
    roleOf({}),
    {
      stack: 'S',
      logicalId: 'F',
      type: 'AWS::Lambda::Function',
      physicalId: 'F',
      arn: 'arn:f',
      properties: { Role: roleOf({}).arn },
    },
  ];
  expect(() => checkRolesInUse(resources, createIam(resources, place))).toThrow(
    'lambda.amazonaws.com may not assume arn:aws:iam::000000000000:role/R, the role of S/F',
  );
});
