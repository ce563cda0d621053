import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SettlementLine, SettlementSum } from '../../../core/payments/acquirer.ts';
import { UnusableSettlementFile } from '../../../core/payments/acquirer.ts';

/** Looks a day's file over, line by line. */
export interface SettlementFileCheck {
  /** The next line, without its line feed. Throws UnusableSettlementFile when it does not fit. */
  take(line: Buffer): void;
  /** What the file says as a whole. Throws UnusableSettlementFile when it ends too early. */
  finish(): CheckedSettlementFile;
}

export interface CheckedSettlementFile {
  readonly date: string;
  readonly sha256: string;
  readonly count: number;
  readonly sums: readonly SettlementSum[];
}

/**
 * Checks a day's file of the simulated acquirer (simulators/acquirer/README.md): a header, a line per movement, and a
 * trailer with count, sums per currency and a hash of all that stands before it. The form is JSON lines, read by
 * zod, which we have, instead of CSV by one more library: every line says what its values are, and one that was cut is
 * no JSON. It keeps sums, never lines, so that a file of any length can be looked over.
 */
export function checkSettlementFile(): SettlementFileCheck {
  const hash = createHash('sha256');
  const sums = new Map<string, SettlementSum>();
  let number = 0;
  let count = 0;
  let date: string | undefined;
  let checked: CheckedSettlementFile | undefined;
  return {
    take: (line) => {
      number += 1;
      if (checked) throw new UnusableSettlementFile(number, 'the file goes on after its trailer');
      if (date === undefined) {
        ({ date } = parseLine(header, line.toString(), number));
      } else if (isTrailer(line)) {
        const end = parseLine(trailer, line.toString(), number);
        const found = { date, sha256: hash.digest('hex'), count, sums: [...sums.values()].toSorted(byCurrency) };
        const difference = differenceOf(end, found);
        if (difference !== undefined) throw new UnusableSettlementFile(number, difference);
        checked = found;
        return;
      } else {
        add(sums, parseSettlementLine(line.toString(), number));
        count += 1;
      }
      hash.update(line).update('\n');
    },
    finish: () => {
      if (!checked) throw new UnusableSettlementFile(number + 1, 'the line is missing');
      return checked;
    },
  };
}

/** One movement's line. Throws UnusableSettlementFile when it is none. */
export function parseSettlementLine(line: string, number: number): SettlementLine {
  const { reference, operation, gross, fee, net, currency: of } = parseLine(movement, line, number);
  // Not as zod's refinements: those run on a line with an unknown field too, whose amounts are still text.
  if (net !== gross - fee) throw new UnusableSettlementFile(number, 'net is not gross less fee');
  const known = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (fee < 0n && known?.returnsFee === false) throw new UnusableSettlementFile(number, 'the fee is negative');
  if (known && (gross === 0n || gross > 0n !== known.isIncoming))
    throw new UnusableSettlementFile(number, 'gross has the wrong sign');
  return { reference, operation, gross, fee, net, currency: of };
}

/** Whether the money comes to us, and whether a fee may come back, of the operations that we know. */
const operations: Readonly<Record<string, { readonly isIncoming: boolean; readonly returnsFee: boolean }>> = {
  capture: { isIncoming: true, returnsFee: false },
  refund: { isIncoming: false, returnsFee: false },
  chargeback: { isIncoming: false, returnsFee: false },
  // Only the fee of a dispute comes back, with what was won.
  chargeback_reversal: { isIncoming: true, returnsFee: true },
};

/** Minor units as a decimal string, in the one way in which a number can be written. */
const minorUnits = z
  .string()
  .regex(/^(?:0|-?[1-9]\d{0,29})$/u, 'must be minor units')
  .transform(BigInt);

const currency = z.string().regex(/^[A-Z]{3}$/u, 'must be an ISO 4217 code');
const amounts = { currency, gross: minorUnits, fee: minorUnits, net: minorUnits };

const header = z.strictObject({ record: z.literal('header'), version: z.literal(1), date: z.iso.date() });

const movement = z.strictObject({
  record: z.literal('movement'),
  reference: z.string().regex(/^[\x21-\x7e]{1,64}$/u, 'must be a reference'),
  operation: z.string().regex(/^[a-z_]{1,40}$/u, 'must be the name of an operation'),
  ...amounts,
});

const trailer = z.strictObject({
  record: z.literal('trailer'),
  date: z.iso.date(),
  count: z.int().min(0),
  sums: z.array(z.strictObject(amounts)),
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});

/** Whatever calls itself a trailer is read as one: a movement's line cannot. */
function isTrailer(line: Buffer): boolean {
  return /^\s*\{\s*"record"\s*:\s*"trailer"/u.test(line.toString());
}

/** What the error says names the field, never its value: a file that is not ours may hold anything. */
function parseLine<T extends z.ZodType>(schema: T, line: string, number: number): z.infer<T> {
  const parsed = schema.safeParse(jsonOf(line, number));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  // The names of fields that we do not know are values of the file, too.
  const message = issue?.code === 'unrecognized_keys' ? 'unknown field' : (issue?.message ?? 'invalid');
  throw new UnusableSettlementFile(number, `${issue?.path.join('.') ?? ''}: ${message}`);
}

function jsonOf(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new UnusableSettlementFile(number, 'not JSON');
  }
}

/** What in the trailer does not fit what was found, if anything. */
function differenceOf(end: z.infer<typeof trailer>, found: CheckedSettlementFile): string | undefined {
  if (end.date !== found.date) return 'the date is not that of the header';
  if (end.count !== found.count) return `the count is ${end.count} but there are ${found.count} movements`;
  if (end.sums.map(told).sort().join() !== found.sums.map(told).sort().join()) return 'the sums do not match';
  if (end.sha256 !== found.sha256) return 'the hash does not match';
  return undefined;
}

/** `EUR 1250 38 1212`. */
function told({ currency: of, gross, fee, net }: SettlementSum): string {
  return `${of} ${gross} ${fee} ${net}`;
}

function add(sums: Map<string, SettlementSum>, { currency: of, gross, fee, net }: SettlementLine): void {
  const sum = sums.get(of) ?? { gross: 0n, fee: 0n, net: 0n };
  sums.set(of, { currency: of, gross: sum.gross + gross, fee: sum.fee + fee, net: sum.net + net });
}

function byCurrency(one: SettlementSum, other: SettlementSum): number {
  return one.currency < other.currency ? -1 : 1;
}
