import * as z from 'zod';
import type { CardToEncrypt } from '../packages/client/encrypt-card.ts';
import { encryptCard } from '../packages/client/encrypt-card.ts';
import { parseCommandLine, runCommand, UsageError } from './command-line.ts';

/**
 * Prints the envelope of a test card, and nothing else, for trying the API from a shell. Never for a real card: what
 * is typed here stays in the shell's history.
 */
const usage = `Usage: node scripts/encrypt-card.ts --key-url <base>/v1/encryption-key --number 4242424242424242 \\
         --exp 12/2030 [--cvc 123] --name "Ada Lovelace"
       node scripts/encrypt-card.ts --key-url <base>/v1/encryption-key --cvc 123
Prints an envelope for {"card": …}: of a card for POST /v1/tokens, of a security code alone for POST /v1/tokens/{id}/cvc.
Test cards only: what you type here stays in your shell's history.`;

const encryptionKey = z.object({ kty: z.string(), alg: z.string(), kid: z.string(), n: z.string(), e: z.string() });

await runCommand(usage, async () => {
  const { keyUrl, card } = readArguments(process.argv.slice(2));
  try {
    console.log(await envelopeOf(card, keyUrl));
    return 0;
  } catch (error) {
    console.error(`No envelope: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
});

async function envelopeOf(card: CardToEncrypt | { cvc: string }, keyUrl: URL): Promise<string> {
  const answer = await fetch(keyUrl);
  if (!answer.ok) throw new Error(`${keyUrl.href} answered ${answer.status}.`);
  const key = encryptionKey.parse(await answer.json());
  return encryptCard(card, key, { now: timeOf(answer) });
}

/** The API's own time: its clock may have been moved, and an envelope is good for minutes only. */
function timeOf(answer: Response): Date {
  const time = new Date(answer.headers.get('date') ?? '');
  return Number.isNaN(time.getTime()) ? new Date() : time;
}

function readArguments(argv: readonly string[]): { keyUrl: URL; card: CardToEncrypt | { cvc: string } } {
  const values = parseOptions(argv);
  const keyUrl = values['key-url'];
  if (keyUrl === undefined || !URL.canParse(keyUrl)) throw new UsageError('--key-url needs a URL.');
  return { keyUrl: new URL(keyUrl), card: readCard(values) };
}

function parseOptions(argv: readonly string[]) {
  const option = { type: 'string' } as const;
  const options = { 'key-url': option, number: option, exp: option, cvc: option, name: option } as const;
  return parseCommandLine({ args: [...argv], options }).values;
}

function readCard({ number, exp, cvc, name }: ReturnType<typeof parseOptions>): CardToEncrypt | { cvc: string } {
  if (number === undefined && exp === undefined && name === undefined && cvc !== undefined) return { cvc };
  if (number === undefined) throw new UsageError('--number is missing.');
  if (name === undefined) throw new UsageError('--name is missing.');
  const [, month, year] = /^(\d{1,2})\/(\d{4})$/u.exec(exp ?? '') ?? [];
  if (month === undefined || year === undefined)
    throw new UsageError('--exp needs a month and a year, such as 12/2030.');
  const card = { number, expMonth: Number(month), expYear: Number(year), holderName: name };
  return cvc === undefined ? card : { ...card, cvc };
}
