import * as z from 'zod';
import { parseOrRefuse } from '../house/control.ts';
import type { Answer, Call } from '../house/server.ts';
import { describeError } from './api.ts';

/** What is wrong with the file of a day, though the file fits itself; `cut` alone does not. */
const fault = z.strictObject({
  date: z.iso.date(),
  kind: z.enum(['drop', 'repeat', 'amount', 'fee', 'stranger', 'levy', 'cut', 'late']),
  /** Which of the day's lines, from 0. */
  line: z.int().min(0).default(0),
});
type SettlementFault = z.infer<typeof fault>;

/** A line of the file; amounts are minor units, and what takes money from the merchant is told by the operation. */
export interface WrittenLine {
  readonly reference: string;
  readonly operation: string;
  readonly currency: string;
  readonly isOutgoing: boolean;
  readonly amount: number;
  readonly fee: number;
}

export interface SettlementFaults {
  readonly add: (call: Call) => Answer;
  readonly clear: () => Answer;
  /** Whether the file of the day is not there yet. */
  isLate(date: string): boolean;
  /** Whether the text of the day's file ends before its trailer. */
  isCut(date: string): boolean;
  /** The day's lines as the file has them. */
  write(date: string, lines: readonly WrittenLine[]): readonly WrittenLine[];
}

/** None at first. They live in memory, as all faults: a simulator that starts again writes the right files. */
export function createSettlementFaults(): SettlementFaults {
  let active: readonly SettlementFault[] = [];
  const has = (date: string, kind: SettlementFault['kind']) =>
    active.some((each) => each.date === date && each.kind === kind);
  return {
    add: ({ body }) => {
      active = [...active, parseOrRefuse(fault, body, describeError)];
      return { status: 200, body: { data: active } };
    },
    clear: () => {
      active = [];
      return { status: 204 };
    },
    isLate: (date) => has(date, 'late'),
    isCut: (date) => has(date, 'cut'),
    write: (date, lines) =>
      active.filter((each) => each.date === date).reduce((written, each) => tamper(written, each), lines),
  };
}

function tamper(lines: readonly WrittenLine[], { kind, line: at }: SettlementFault): readonly WrittenLine[] {
  const line = lines[at];
  const change = (changes: Partial<WrittenLine>) =>
    lines.map((each, index) => (index === at ? { ...each, ...changes } : each));
  const stranger = { currency: 'EUR', isOutgoing: false, amount: 1_000, fee: 30 };
  switch (kind) {
    case 'drop':
      return lines.filter((_, index) => index !== at);
    case 'repeat':
      return line ? [...lines, line] : lines;
    case 'amount':
      return line ? change({ amount: line.amount + 1 }) : lines;
    case 'fee':
      return line ? change({ fee: line.fee + 1 }) : lines;
    case 'stranger':
      return [...lines, { ...stranger, reference: `stranger-${at}`, operation: 'capture' }];
    case 'levy':
      return [...lines, { ...stranger, reference: `levy-${at}`, operation: 'levy', isOutgoing: true }];
    case 'cut':
    case 'late':
      return lines;
  }
}
