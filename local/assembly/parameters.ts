import type { Json } from '../kernel/service.ts';
import type { TemplateParameter } from './template.ts';

/**
 * A parameter's value: what was given, or its default. Lists come as text with commas, as CloudFormation takes them.
 *
 * @throws Error naming what is missing or not allowed.
 */
export function parameterValue(name: string, parameter: TemplateParameter, given: string | undefined): Json {
  const text = given ?? (parameter.Default === undefined ? undefined : String(parameter.Default));
  if (text === undefined) throw new Error(`the parameter ${name} has no value and no default`);
  const allowed = parameter.AllowedValues?.map(String);
  if (allowed && !allowed.includes(text)) {
    throw new Error(`the parameter ${name} is "${text}", but may be one of ${allowed.join(', ')}`);
  }
  if (parameter.AllowedPattern !== undefined && !new RegExp(`^(?:${parameter.AllowedPattern})$`, 'u').test(text)) {
    throw new Error(`the parameter ${name} is "${text}", which does not match ${parameter.AllowedPattern}`);
  }
  const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<');
  return isList ? text.split(',').map((item) => item.trim()) : text;
}
