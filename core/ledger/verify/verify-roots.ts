import { createPublicKey, verify } from 'node:crypto';
import { beforeAllDays } from '../journal/close-day.ts';
import type { DayRoot } from '../journal/day-root.ts';
import { rootHash, signedText } from '../journal/day-root.ts';
import { journalChains } from '../journal/entry.ts';
import type { Segment } from '../journal/segment.ts';
import { genesisHash } from '../journal/segment.ts';
import type { Totals } from '../journal/totals.ts';
import { addTotals, encodeTotals, totalsOf } from '../journal/totals.ts';
import type { Books, Finding } from './books.ts';
import { finding, unless } from './books.ts';
import { hashAt, segmentsOf } from './verify-chains.ts';

/** Each root follows on the one before, names the chains' ends and the totals of its day, and is signed. */
export function* verifyRoots(
  books: Books,
  options: { readonly settled: boolean; readonly publicKey?: Uint8Array | undefined },
): Generator<Finding> {
  const chains = Array.from({ length: journalChains }, (_, chain) => segmentsOf(books, chain));
  const days = Map.groupBy(books.segments, ({ day }) => day);
  let before = { day: beforeAllDays, hash: genesisHash };
  let totals: Totals = [];
  for (const root of books.roots.toSorted((one, other) => (one.day < other.day ? -1 : 1))) {
    const id = `the root of ${root.day}`;
    yield* unless(id, 'the day before,', before.day, root.previousDay);
    yield* unless(id, 'the hash of the root before,', before.hash, root.previousHash);
    yield* verifyEnds(chains, root);
    const since = [...days].filter(([day]) => day > before.day && day <= root.day).flatMap(([, segments]) => segments);
    totals = addTotals(totals, totalsOf(since.flatMap(({ entries }) => entries).flatMap(({ postings }) => postings)));
    yield* unless(id, 'the totals', encodeTotals(totals), encodeTotals(root.totals));
    yield* unless(id, 'the hash', rootHash(root), root.hash);
    yield* verifySignature(root, options.publicKey);
    before = { day: root.day, hash: root.hash };
  }
  yield* verifyClosedHeads(books);
  if (!options.settled) return;
  for (const day of unsignedDays(books)) yield finding(`the root of ${day}`, 'a signed root of the closed day', 'none');
  for (const { chain, closed } of books.heads) {
    if (closed && unsignedDays(books).includes(closed.day)) {
      yield finding(`the head of chain ${chain}`, 'to be closed through a day that is signed', closed.day);
    }
  }
}

/** Every head is closed where the last root says, or through a later day, whose root is still to come. */
function* verifyClosedHeads({ heads, roots }: Books): Generator<Finding> {
  const last = roots.toSorted((one, other) => (one.day < other.day ? -1 : 1)).at(-1);
  if (!last) return;
  for (const { chain, closed } of heads) {
    if (closed && closed.day > last.day) continue;
    const end = { day: last.day, ...last.chains[chain] };
    yield* unless(`the head of chain ${chain}`, 'to be closed at', end, closed);
  }
}

function* verifyEnds(found: readonly (readonly Segment[])[], { day, chains }: DayRoot): Generator<Finding> {
  for (const [chain, { number, hash }] of chains.entries()) {
    const segments = found[chain] ?? [];
    yield* unless(`the root of ${day}`, `of chain ${chain} the hash`, hashAt(segments, number), hash);
    for (const late of segments.filter((segment) => segment.number > number && segment.day <= day)) {
      yield finding(`segment ${late.number} of chain ${chain}`, `a day after ${day}, which is signed`, late.day);
    }
  }
}

function* verifySignature(root: DayRoot, known: Uint8Array | undefined): Generator<Finding> {
  const id = `the root of ${root.day}`;
  if (known && Buffer.compare(known, root.publicKey) !== 0) {
    yield finding(id, `the public key ${base64(known)}`, base64(root.publicKey));
  }
  if (!isSigned(root)) yield finding(id, 'a signature that its public key verifies', base64(root.signature));
}

function isSigned(root: DayRoot): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(root.publicKey), format: 'der', type: 'spki' });
    return verify('sha256', Buffer.from(signedText(root)), key, root.signature);
  } catch {
    return false;
  }
}

/** Days until which every chain is closed, and of which no root is there. */
export function unsignedDays({ heads, roots }: Books): readonly string[] {
  const days = new Set(heads.flatMap(({ closed }) => (closed ? [closed.day] : [])));
  return [...days].filter((day) => !roots.some((root) => root.day >= day));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
