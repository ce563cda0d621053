import * as z from 'zod';

/**
 * Reads the function's configuration once, at cold start. A missing or malformed variable ends the start with the
 * variable's name: better a deployment that fails than a payment that does.
 */
export function readEnvironment<T extends z.ZodType>(schema: T): z.infer<T> {
  const result = schema.safeParse(process.env);
  if (!result.success) {
    const names = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ');
    throw new Error(`The function's environment is not valid: ${names}`);
  }
  return result.data;
}

/** A variable that holds JSON, parsed by its own schema. */
export function jsonVariable<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
