import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { StreamedTransitions } from '../../core/events/ports.ts';
import { toTransitionPage, transitionPrefix } from './readable-items.ts';
import type { StreamReader } from './stream-reader.ts';

/**
 * The transitions at places of a table's stream. A transition is never changed, so that the stream's image of it is the
 * item. `parse` throws for what is no transition as this release writes it.
 */
export function streamedTransitions<T>(
  reader: StreamReader,
  parse: (item: Record<string, AttributeValue>) => T,
): StreamedTransitions<T> {
  return {
    at: async (place) => {
      const found = await reader.at(place);
      if (found === 'trimmed') return found;
      const written = found.filter(({ isNew, item }) => isNew && item['sk']?.S?.startsWith(transitionPrefix) === true);
      return toTransitionPage(
        written.map(({ item }) => item),
        parse,
      );
    },
  };
}
