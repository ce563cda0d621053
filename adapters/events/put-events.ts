import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';

/** EventBridge takes ten entries a call. */
const entriesPerCall = 10;

/** Puts an entry for each object on the bus, and answers the objects whose entries did not get through. */
export async function putEvents<T>(
  client: EventBridgeClient,
  objects: readonly T[],
  toEntry: (object: T) => PutEventsRequestEntry,
): Promise<readonly T[]> {
  const failed: T[] = [];
  for (let start = 0; start < objects.length; start += entriesPerCall) {
    const batch = objects.slice(start, start + entriesPerCall);
    const { Entries: results } = await client.send(new PutEventsCommand({ Entries: batch.map(toEntry) }));
    failed.push(...batch.filter((_, index) => results?.[index]?.EventId === undefined));
  }
  return failed;
}
