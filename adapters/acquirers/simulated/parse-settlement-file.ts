import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SettlementFile, SettlementLine } from '../../../core/payments/acquirer.ts';

/**
 * The settlement file cannot be used: it was cut, altered, or is in a form that we do not know. Nothing of it is to be
 * booked; it is to be fetched again.
 */
export class UnusableSettlementFile extends Error {
  override readonly name = 'UnusableSettlementFile';
  /** Where it was found, from 1. */
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`settlement file, line ${line}: ${reason}`);
    this.line = line;
  }
}

/**
 * Reads a day's file of the simulated acquirer (simulators/acquirer/README.md): a header, a line per movement, and a
 * trailer with count, sums per currency and a hash of all that stands before it. The form is JSON lines, read by
 * zod, which we have, instead of CSV by one more library: every line says what its values are, and one that was cut is
 * no JSON.
 *
 * @throws UnusableSettlementFile at the first line that does not fit.
 */
export function parseSettlementFile(text: string): SettlementFile {
  const lines = text.split('\n');
  // Each line ends with a line feed, so what follows the last one is empty unless the file was cut.
  if (lines.pop() !== '') throw new UnusableSettlementFile(lines.length + 1, 'the line does not end');
  const { date } = parseLine(header, lines[0], 1);
  const movements = lines.slice(1, -1).map((line, index) => toSettlementLine(line, index + 2));
  const end = parseLine(trailer, lines.slice(1).at(-1), Math.max(2, lines.length));
  const difference = differenceOf(end, {
    date,
    movements,
    hashed: text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1),
  });
  if (difference !== undefined) throw new UnusableSettlementFile(lines.length, difference);
  return { date, lines: movements };
}

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
  reference: z.string().min(1).max(64),
  operation: z.enum(['capture', 'refund', 'chargeback', 'chargeback_reversal']),
  ...amounts,
});

/** Whether the money comes to us. */
const isIncoming: Readonly<Record<SettlementLine['operation'], boolean>> = {
  capture: true,
  refund: false,
  chargeback: false,
  chargeback_reversal: true,
};

const trailer = z.strictObject({
  record: z.literal('trailer'),
  date: z.iso.date(),
  count: z.int().min(0),
  sums: z.array(z.strictObject(amounts)),
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});

/** What the error says names the field, never its value: a file that is not ours may hold anything. */
function parseLine<T extends z.ZodType>(schema: T, line: string | undefined, number: number): z.infer<T> {
  if (line === undefined) throw new UnusableSettlementFile(number, 'the line is missing');
  const parsed = schema.safeParse(jsonOf(line, number));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UnusableSettlementFile(number, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}

function jsonOf(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new UnusableSettlementFile(number, 'not JSON');
  }
}

function toSettlementLine(line: string, number: number): SettlementLine {
  const { reference, operation, gross, fee, net, currency: of } = parseLine(movement, line, number);
  // Not as zod's refinements: those run on a line with an unknown field too, whose amounts are still text.
  if (net !== gross - fee) throw new UnusableSettlementFile(number, 'net is not gross less fee');
  // Only the fee of a dispute comes back, with what was won.
  if (fee < 0n && operation !== 'chargeback_reversal') throw new UnusableSettlementFile(number, 'the fee is negative');
  if (gross === 0n || gross > 0n !== isIncoming[operation])
    throw new UnusableSettlementFile(number, 'gross has the wrong sign');
  return { reference, operation, gross, fee, net, currency: of };
}

interface Found {
  readonly date: string;
  readonly movements: readonly SettlementLine[];
  /** The text before the trailer. */
  readonly hashed: string;
}

/** What in the trailer does not fit what was found, if anything. */
function differenceOf(end: z.infer<typeof trailer>, { date, movements, hashed }: Found): string | undefined {
  if (end.date !== date) return 'the date is not that of the header';
  if (end.count !== movements.length) return `the count is ${end.count} but there are ${movements.length} movements`;
  const told = end.sums.map(({ currency: of, gross, fee, net }) => `${of} ${gross} ${fee} ${net}`);
  if (told.sort().join() !== sumsOf(movements)) return 'the sums do not match';
  if (end.sha256 !== createHash('sha256').update(hashed).digest('hex')) return 'the hash does not match';
  return undefined;
}

/** `EUR 1250 38 1212` for each currency, in their order. */
function sumsOf(movements: readonly SettlementLine[]): string {
  const sums = new Map<string, { gross: bigint; fee: bigint; net: bigint }>();
  for (const { currency: of, gross, fee, net } of movements) {
    const sum = sums.get(of) ?? { gross: 0n, fee: 0n, net: 0n };
    sums.set(of, { gross: sum.gross + gross, fee: sum.fee + fee, net: sum.net + net });
  }
  const told = [...sums].map(([of, { gross, fee, net }]) => `${of} ${gross} ${fee} ${net}`);
  return told.sort().join();
}
