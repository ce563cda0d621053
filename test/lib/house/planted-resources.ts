import { checkTemplate } from '../../../lib/house/assertions.ts';
import type { TemplateResource } from '../../../lib/house/template.ts';

/** A resource as it stands in a synthesized template. */
export function given(
  logicalId: string,
  type: string,
  properties: Record<string, unknown>,
  deletionPolicy?: string,
): TemplateResource {
  return { logicalId, type, properties, deletionPolicy };
}

/** The rules that a template of these resources breaks. */
export function broken(...resources: readonly TemplateResource[]): readonly string[] {
  return checkTemplate(resources).map(({ rule, logicalId }) => `${rule} ${logicalId}`);
}
