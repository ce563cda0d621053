import * as z from 'zod';

/** What a stage says about settlement. */
export const settlementSettings = z.strictObject({
  /** Hours after the end of its day (UTC) after which a file that is not there is late. */
  lateAfterHours: z.int().min(1).max(240),
  /** Calendar days after which a capture or refund must have been settled: acquirers settle on weekends too, or the stage gives them time. */
  unclearedAfterDays: z.int().min(2).max(60),
});
