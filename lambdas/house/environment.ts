import type * as z from 'zod';

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
