import { describe, expect, test } from '@jest/globals';
import { readCard, readCvc } from '../../../core/tokens/card-data.ts';
import { visa } from './fake-vault.ts';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('the content of an envelope', () => {
  test('is a card, with a code or without', () => {
    expect(readCard(json(visa))).toEqual({ kind: 'read', data: visa });
    const { cvc: _cvc, ...card } = visa;
    expect(readCard(json(card))).toEqual({ kind: 'read', data: card });
  });

  test.each<readonly [string, unknown, readonly string[]]>([
    ['a number with blanks', { ...visa, number: '4242 4242 4242 4242' }, ['number']],
    ['a number that is no text', { ...visa, number: 4242424242424242 }, ['number']],
    ['a number beyond bounds', { ...visa, number: '4'.repeat(33) }, ['number']],
    ['a thirteenth month', { ...visa, expMonth: 13 }, ['expMonth']],
    ['a month as text', { ...visa, expMonth: '12' }, ['expMonth']],
    ['a year of two digits', { ...visa, expYear: 30 }, ['expYear']],
    ['an empty code', { ...visa, cvc: '' }, ['cvc']],
    ['a code of letters', { ...visa, cvc: 'abc' }, ['cvc']],
    ['a code that is null', { ...visa, cvc: null }, ['cvc']],
    ['no name', { ...visa, holderName: undefined }, ['holderName']],
    ['an empty name', { ...visa, holderName: '' }, ['holderName']],
    ['a name with a line break', { ...visa, holderName: 'Ada\nLovelace' }, ['holderName']],
    ['a name beyond bounds', { ...visa, holderName: 'a'.repeat(121) }, ['holderName']],
    ['an unknown field', { ...visa, pin: '1234' }, []],
    ['nothing', undefined, []],
    ['a list', [visa], []],
    ['a text', 'card', []],
    ['several wrong fields', { ...visa, number: '', expMonth: 0 }, ['number', 'expMonth']],
  ])('with %s is refused, and the field is named', (_name, content, fields) => {
    const plaintext = content === undefined ? Buffer.alloc(0) : json(content);
    const read = readCard(plaintext);
    expect(read).toEqual({ kind: 'cardInvalid', fields });
  });

  test('is named by known fields alone: a number that stands where a name should is not repeated', () => {
    const read = readCard(json({ ...visa, '4242424242424242': 1 }));
    expect(JSON.stringify(read)).not.toContain('4242');
  });

  test('must be UTF-8', () => {
    expect(readCard(Buffer.from(JSON.stringify({ ...visa, holderName: 'Adé' }), 'latin1')).kind).toBe('cardInvalid');
  });

  test('may be a code alone, where a code is asked for', () => {
    expect(readCvc(json({ cvc: '123' }))).toEqual({ kind: 'read', data: { cvc: '123' } });
    expect(readCvc(json(visa)).kind).toBe('cardInvalid');
    expect(readCvc(json({})).kind).toBe('cardInvalid');
    expect(readCard(json({ cvc: '123' })).kind).toBe('cardInvalid');
  });
});
