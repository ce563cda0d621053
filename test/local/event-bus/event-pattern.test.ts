import { describe, expect, test } from '@jest/globals';
import { compileEventPattern } from '../../../local/event-bus/event-pattern.ts';
import type { JsonObject } from '../../../local/kernel/service.ts';

const event: JsonObject = {
  source: 'quittance',
  'detail-type': 'payment.declined',
  resources: ['arn:aws:one', 'arn:aws:two'],
  detail: {
    amount: 1250,
    currency: 'EUR',
    retried: false,
    note: null,
    path: 'a/b/c.txt',
    tags: [],
    lines: [
      { kind: 'fee', amount: 5 },
      { kind: 'sale', amount: 100 },
    ],
  },
};

const matching: [string, JsonObject][] = [
  ['an exact value', { source: ['quittance'] }],
  ['one of several values', { source: ['other', 'quittance'] }],
  ['all of several fields', { source: ['quittance'], detail: { currency: ['EUR'] } }],
  ['a number, a boolean and null', { detail: { amount: [1250], retried: [false], note: [null] } }],
  ['an element of a list', { resources: ['arn:aws:two'] }],
  ['a prefix', { 'detail-type': [{ prefix: 'payment.' }] }],
  ['a prefix in any case', { source: [{ prefix: { 'equals-ignore-case': 'QUIT' } }] }],
  ['a suffix', { 'detail-type': [{ suffix: '.declined' }] }],
  ['text in any case', { detail: { currency: [{ 'equals-ignore-case': 'eur' }] } }],
  ['a wildcard', { detail: { path: [{ wildcard: 'a/*/c.*' }] } }],
  ['anything but a value', { source: [{ 'anything-but': 'aws' }] }],
  ['anything but a list', { detail: { amount: [{ 'anything-but': [1, 2] }] } }],
  ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'aws.' } }] }],
  ['anything but several suffixes', { source: [{ 'anything-but': { suffix: ['x', 'y'] } }] }],
  ['a number in a range', { detail: { amount: [{ numeric: ['>', 0, '<=', 1250] }] } }],
  ['an equal number', { detail: { amount: [{ numeric: ['=', 1.25e3] }] } }],
  ['a field that is there', { detail: { amount: [{ exists: true }] } }],
  ['a field that is not there', { detail: { missing: [{ exists: false }] } }],
  ['a field of an object that is not there', { absent: { missing: [{ exists: false }] } }],
  ['an empty list as a field that is not there', { detail: { tags: [{ exists: false }] } }],
  ['one of two patterns', { $or: [{ source: ['aws'] }, { detail: { currency: ['EUR'] } }] }],
  ['fields of the same element of a list', { detail: { lines: { kind: ['sale'], amount: [{ numeric: ['>', 50] }] } } }],
];

const failing: [string, JsonObject][] = [
  ['another value', { source: ['other'] }],
  ['a number where the event has text', { source: [5] }],
  ['text where the event has a number', { detail: { amount: ['1250'] } }],
  ['only one of two fields', { source: ['quittance'], detail: { currency: ['USD'] } }],
  ['a prefix in another case', { 'detail-type': [{ prefix: 'Payment' }] }],
  ['a wildcard that needs more', { detail: { path: [{ wildcard: 'a/*/d*' }] } }],
  ['an exception', { source: [{ 'anything-but': ['quittance'] }] }],
  ['an exception where there is no field', { detail: { missing: [{ 'anything-but': 'x' }] } }],
  ['a number out of range', { detail: { amount: [{ numeric: ['<', 1250] }] } }],
  ['a range where the event has text', { source: [{ numeric: ['>', 0] }] }],
  ['a field that should not be there', { source: [{ exists: false }] }],
  ['existence of an object, which is no leaf', { detail: [{ exists: true }] }],
  ['none of two patterns', { $or: [{ source: ['a'] }, { source: ['b'] }] }],
  ['fields of different elements of a list', { detail: { lines: { kind: ['fee'], amount: [100] } } }],
  ['an inherited property', { detail: { toString: [{ exists: true }] } }],
];

const wrong: [string, JsonObject, RegExp][] = [
  ['a bare value', { source: 'quittance' }, /source: a condition is a list/u],
  ['an empty list', { source: [] }, /source: its list of conditions is empty/u],
  [
    'an unknown condition',
    { detail: { ip: [{ cidr: '10.0.0.0/8' }] } },
    /detail\.ip: the condition cidr is not served/u,
  ],
  ['half a range', { detail: { amount: [{ numeric: ['>'] }] } }, /pairs/u],
  ['nothing', {}, /it has no field/u],
];

describe('an event pattern', () => {
  test.each(matching)('matches %s', (_, pattern) => {
    expect(compileEventPattern(pattern)(event)).toBe(true);
  });
  test.each(failing)('does not match %s', (_, pattern) => {
    expect(compileEventPattern(pattern)(event)).toBe(false);
  });
  test.each(wrong)('that holds %s is an error naming the field', (_, pattern, message) => {
    expect(() => compileEventPattern(pattern)).toThrow(message);
  });
});
