import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Exception, ExceptionState } from '../../core/exceptions/exception.ts';
import { stateOf } from '../../core/exceptions/exception.ts';
import { exceptionKinds, isExceptionKind } from '../../core/exceptions/kinds.ts';
import type { ExceptionPosition } from '../../core/exceptions/ports.ts';

const facts = z.record(z.string(), z.string());

const exceptionItem = z.object({
  pk: z.string(),
  kind: z.string().refine(isExceptionKind, `is none of ${Object.keys(exceptionKinds).join(', ')}`),
  expected: facts,
  found: facts,
  reference: z.string().exactOptional(),
  paymentId: z.string().exactOptional(),
  firstSeen: z.string(),
  resolvedAt: z.string().exactOptional(),
  version: z.int(),
});

/** The key of an exception. */
export function exceptionKey(id: string): Record<string, AttributeValue> {
  return { pk: { S: id } };
}

/** Where an exception stands in the index `byState`: times that are equal are told apart by the id. */
export function seenKey({ id, firstSeen }: ExceptionPosition): string {
  return `${firstSeen}#${id}`;
}

/** An exception as DynamoDB keeps it. */
export function toExceptionItem(exception: Exception): Record<string, AttributeValue> {
  const { id, ...rest } = exception;
  const state: ExceptionState = stateOf(exception);
  return marshall({ ...rest, pk: id, state, seenKey: seenKey(exception) });
}

/** Throws when the item is not an exception as this release writes it. */
export function toException(item: Record<string, AttributeValue>): Exception {
  const { pk, ...rest } = exceptionItem.parse(unmarshall(item));
  return { id: pk, ...rest };
}
