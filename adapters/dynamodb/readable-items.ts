import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { TransitionPage } from '../../core/events/ports.ts';

/** What transitions are called in the tables of payments and of gift cards. */
export const transitionPrefix = 'transition#';

/** Parses items one by one, so that one that cannot be read holds up no other: it is named. */
export function toTransitionPage<T>(
  items: readonly Record<string, AttributeValue>[],
  parse: (item: Record<string, AttributeValue>) => T,
): TransitionPage<T> {
  const transitions: T[] = [];
  const unreadable: string[] = [];
  for (const item of items) {
    try {
      transitions.push(parse(item));
    } catch {
      unreadable.push(`${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''}`);
    }
  }
  return { transitions, unreadable };
}
