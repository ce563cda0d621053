import * as z from 'zod';

/** The parts of a CloudFormation template that the embedded cloud reads. Values stay unresolved JSON. */
const values = z.record(z.string(), z.json());

const parameter = z.object({
  Type: z.string(),
  Default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  AllowedValues: z.array(z.union([z.string(), z.number()])).optional(),
  AllowedPattern: z.string().optional(),
});

const resource = z.object({ Type: z.string(), Properties: values.default({}), Condition: z.string().optional() });

const output = z.object({
  Value: z.json(),
  Condition: z.string().optional(),
  Export: z.object({ Name: z.json() }).optional(),
});

export const templateSchema = z.object({
  Parameters: z.record(z.string(), parameter).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), values)).default({}),
  Conditions: values.default({}),
  Resources: z.record(z.string(), resource).default({}),
  Outputs: z.record(z.string(), output).default({}),
  /** Macros run in AWS alone; a template that needs one cannot be understood here. */
  Transform: z.never({ error: 'Transform (macros) is not served' }).optional(),
});

export type Template = z.infer<typeof templateSchema>;
export type TemplateParameter = z.infer<typeof parameter>;
