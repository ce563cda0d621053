import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { isJsonObject, parseJson } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';
import { busNameOf } from './rules.ts';

const entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).default([]),
  /** Epoch seconds in JSON; some clients write RFC 3339. */
  Time: z.union([z.number(), z.iso.datetime({ offset: true })]).optional(),
  EventBusName: z.string().default('default'),
  TraceHeader: z.string().optional(),
});
export type Entry = z.infer<typeof entry>;

const putEvents = z.object({ Entries: z.array(entry) });

const mostEntries = 10;
const longestRequestBytes = 256 * 1024;
const timeBytes = 14;

/** An entry that became an event, or why it did not. */
export type Judged =
  | { readonly kind: 'accepted'; readonly busName: string; readonly event: JsonObject; readonly id: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface Envelope {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch, for entries that name no time. */
  readonly now: number;
}

/** Reads PutEvents' request. Throws AWS's ValidationException when it is refused as a whole. */
export function readEntries(input: JsonObject): readonly Entry[] {
  const parsed = putEvents.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AwsError('ValidationException', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
  }
  const { Entries } = parsed.data;
  if (Entries.length === 0 || Entries.length > mostEntries) {
    const bound = Entries.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${mostEntries}`;
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  if (Entries.reduce((sum, each) => sum + entryBytes(each), 0) > longestRequestBytes) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  return Entries;
}

/** Judges one entry by itself: a bad one does not keep the others back. */
export function judgeEntry(entry: Entry, buses: ReadonlySet<string>, envelope: Envelope): Judged {
  const { Source, DetailType, Detail } = entry;
  const busName = busNameOf(entry.EventBusName);
  if (!Source) return missing('Source');
  if (!DetailType) return missing('DetailType');
  if (!Detail) return missing('Detail');
  if (Source.startsWith('aws.')) {
    return { kind: 'refused', code: 'NotAuthorizedForSource', message: 'Not authorized for the source.' };
  }
  if (!buses.has(busName)) {
    return { kind: 'refused', code: 'InvalidArgument', message: `Event bus ${busName} does not exist.` };
  }
  const detail = parseDetail(Detail);
  if (detail === undefined) return { kind: 'refused', code: 'MalformedDetail', message: 'Detail is malformed.' };
  return {
    kind: 'accepted',
    busName,
    id: envelope.id,
    event: {
      version: '0',
      id: envelope.id,
      'detail-type': DetailType,
      source: Source,
      account: envelope.account,
      time: toTime(entry.Time, envelope.now),
      region: envelope.region,
      resources: entry.Resources,
      detail,
    },
  };
}

function missing(name: string): Judged {
  const message = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
  return { kind: 'refused', code: 'InvalidArgument', message };
}

function parseDetail(text: string): Json | undefined {
  try {
    const detail = parseJson(text);
    return isJsonObject(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** EventBridge's times have whole seconds. */
function toTime(time: Entry['Time'], now: number): string {
  const milliseconds = time === undefined ? now : typeof time === 'number' ? time * 1000 : Date.parse(time);
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** How AWS counts: the time if given, and the UTF-8 bytes of source, detail type, detail and resources. */
function entryBytes({ Time, Source = '', DetailType = '', Detail = '', Resources }: Entry): number {
  return (
    (Time === undefined ? 0 : timeBytes) +
    [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  );
}
