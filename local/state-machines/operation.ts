import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import type { Access, JsonObject } from '../kernel/service.ts';

/** One operation of Step Functions: the right it needs and what it does. */
export interface Operation {
  access(input: JsonObject): readonly Access[];
  handle(input: JsonObject): Promise<JsonObject>;
}

/** An operation whose input is checked. */
export function operation<T extends z.ZodType>(
  schema: T,
  access: (input: z.infer<T>) => readonly Access[],
  handle: (input: z.infer<T>) => JsonObject | Promise<JsonObject>,
): Operation {
  return {
    access: (input) => {
      const parsed = schema.safeParse(input);
      // What cannot be read is refused by `handle`, whoever calls.
      return parsed.success ? access(parsed.data) : [];
    },
    handle: async (input) => {
      const parsed = schema.safeParse(input);
      if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
      return handle(parsed.data);
    },
  };
}
