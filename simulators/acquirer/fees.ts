import * as z from 'zod';

const environment = z.object({ FEE_BASIS_POINTS: z.coerce.number().int().min(0).max(10_000).default(300) });

/** What the acquirer keeps of each capture, in hundredths of a per cent: FEE_BASIS_POINTS, 300 unless set. */
export function readFeeBasisPoints(): number {
  return environment.parse(process.env).FEE_BASIS_POINTS;
}

/** The fee on a capture in minor units, rounded half up. By bigint, because the product leaves the exact numbers. */
export function feeOf(amount: number, basisPoints: number): number {
  return Number((BigInt(amount) * BigInt(basisPoints) + 5_000n) / 10_000n);
}
