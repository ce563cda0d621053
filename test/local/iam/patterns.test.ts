import { expect, test } from '@jest/globals';
import { arnPattern, wildcard } from '../../../local/iam/patterns.ts';

test.each([
  ['a*c', 'abbc', true],
  ['a*c', 'abbcd', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a.c', 'abc', false],
  ['*', 'any\nthing', true],
])('the wildcard %j fits %j: %s', (pattern, value, fits) => {
  expect(wildcard(pattern)(value)).toBe(fits);
});

test.each([
  ['arn:aws:sqs:*:*:one', 'arn:aws:sqs:eu-central-1:000000000000:one', true],
  ['arn:aws:sqs:*:one', 'arn:aws:sqs:eu-central-1:000000000000:one', true],
  ['arn:aws:*:eu-central-1:000000000000:*', 'arn:aws:lambda:eu-central-1:000000000000:function:f:1', true],
  ['arn:aws:s*:eu-central-1:1:x', 'arn:aws:sqs:us-east-1:eu-central-1:1:x', false],
  ['*', 'anything', true],
])('the ARN pattern %s fits %s: %s, no wildcard reaching into the next part', (pattern, value, fits) => {
  expect(arnPattern(pattern)(value)).toBe(fits);
});
