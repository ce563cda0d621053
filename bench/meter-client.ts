import * as z from 'zod';

const sums = z.object({ items: z.number(), bytes: z.number(), units: z.number() });
const access = sums.extend({
  kind: z.enum(['read', 'write']),
  action: z.string(),
  table: z.string(),
  index: z.string().exactOptional(),
  indexes: z.array(z.object({ index: z.string(), writes: z.number(), units: z.number() })),
});
const table = z.object({
  name: z.string(),
  keys: z.array(z.string()),
  streamView: z.string().exactOptional(),
  indexes: z.array(
    z.object({
      name: z.string(),
      keys: z.array(z.string()),
      attributes: z.union([z.literal('all'), z.array(z.string())]),
    }),
  ),
});
const dollars = z.object({ total: z.number(), byService: z.record(z.string(), z.number()) });

const meterReport = z.object({
  declared: z.object({ outsideCallMilliseconds: z.number() }),
  items: z.object({
    readUnits: z.number(),
    writeUnits: z.number(),
    calls: z.array(
      z.object({
        operation: z.string(),
        failure: z.string().exactOptional(),
        count: z.number(),
        accesses: z.array(access),
      }),
    ),
    tables: z.array(table),
  }),
  functions: z.array(
    z.object({
      ...{ name: z.string(), memoryMegabytes: z.number(), invocations: z.number() },
      ...{ milliseconds: z.number(), pricedMilliseconds: z.number() },
    }),
  ),
  processor: z.object({
    functionsMilliseconds: z.number(),
    cloudMilliseconds: z.number(),
    helpersMilliseconds: z.number(),
    databaseMilliseconds: z.number().optional(),
  }),
  usage: z.record(z.string(), z.number()),
  dollars,
  prices: z.object({ region: z.string(), knownOn: z.string(), notCounted: z.array(z.string()) }),
});

export type MeterReport = z.infer<typeof meterReport>;
export type ItemCall = MeterReport['items']['calls'][number];
export type TableShape = z.infer<typeof table>;

/** The meter of a running instance (local/README.md). */
export function meterOf(baseUrl: string) {
  return {
    reset: async (): Promise<void> => {
      const answer = await fetch(`${baseUrl}/_local/meter`, { method: 'DELETE' });
      if (!answer.ok) throw new Error(`The meter was not reset: ${answer.status}`);
    },
    read: async (): Promise<MeterReport> => {
      const answer = await fetch(`${baseUrl}/_local/meter`);
      return meterReport.parse(await answer.json());
    },
  };
}
