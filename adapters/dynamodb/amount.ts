import * as z from 'zod';

/** Minor units. DynamoDB's numbers come back as number or, beyond 2^53, as bigint. */
export const amount = z.union([z.int(), z.bigint()]).transform(BigInt);
