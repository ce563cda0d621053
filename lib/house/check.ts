import type { TemplateResource } from './template.ts';

/** What one resource does against a rule of the house. */
export interface Finding {
  readonly rule: string;
  readonly description: string;
  readonly logicalId: string;
}

/** A rule of the house, or several: all findings in the resources of one template. */
export type Check = (resources: readonly TemplateResource[]) => readonly Finding[];
