import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { log } from './log.ts';

/**
 * The chain of every handler that a workflow, a schedule, a stream or the event bus wakes: the input is parsed, and
 * an error is logged once and thrown on under its name, because the workflow's Retry and Catch go by names.
 */
export function taskHandler<T extends z.ZodType, R>(
  input: T,
  run: (parsed: z.infer<T>, context: Context) => Promise<R>,
) {
  return middy<unknown, R>()
    .use({
      onError: (request) => {
        log.error('task failed', { error: request.error });
      },
    })
    .handler(async (event, context: Context) => run(input.parse(event), context));
}
