import { describe, expect, test } from '@jest/globals';
import { parsePath, shapeInput } from '../../../local/event-bus/input-shape.ts';

const event = { id: 'e1', detail: { name: 'Ann "A"', amount: 5, lines: [{ sku: 'x' }] } };
const context = { ruleArn: 'arn:rule', ruleName: 'rule', ingestionTime: '2026-11-22T10:00:00Z' };

describe('what a target receives', () => {
  test('is the event itself unless the target says otherwise', () => {
    expect(shapeInput({}, event, context)).toBeUndefined();
  });
  test('is the constant of Input', () => {
    expect(shapeInput({ Input: '{"a":1}' }, event, context)).toBe('{"a":1}');
  });
  test('is the part at InputPath, in dots, brackets and quotes', () => {
    expect(shapeInput({ InputPath: "$.detail.lines[0]['sku']" }, event, context)).toBe('"x"');
    expect(() => parsePath('detail.x')).toThrow(/not a path/u);
  });
  test('is the filled template: JSON outside of strings, escaped text within, null for what is missing', () => {
    const InputTransformer = {
      InputPathsMap: { name: '$.detail.name', amount: '$.detail.amount', lines: '$.detail.lines', none: '$.x' },
      InputTemplate:
        '{"text": "<name> paid <amount>", "lines": <lines>, "none": <none>, "rule": <aws.events.rule-arn>}',
    };
    expect(JSON.parse(shapeInput({ InputTransformer }, event, context) ?? '')).toEqual({
      text: 'Ann "A" paid 5',
      lines: [{ sku: 'x' }],
      none: null,
      rule: 'arn:rule',
    });
  });
  test('is a JSON string when the template is plain text', () => {
    const InputTransformer = { InputPathsMap: { id: '$.id' }, InputTemplate: 'event <id>' };
    expect(shapeInput({ InputTransformer }, event, context)).toBe('"event \\"e1\\""');
  });
});
