import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';

/** A DynamoDB stream's event, as far as it is read here. Items are parsed further by the adapter that wrote them. */
export const streamEvent = z.object({
  Records: z.array(
    z.object({
      dynamodb: z.object({
        SequenceNumber: z.string(),
        NewImage: z.record(
          z.string(),
          z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null),
        ),
      }),
    }),
  ),
});
