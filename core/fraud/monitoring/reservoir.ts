import { createHash } from 'node:crypto';

/**
 * Draws at most so many ids of a stream, each with the same chance, and the same ones again (Vitter: Random Sampling with a Reservoir,
 * algorithm R, 1985; the hashes of the ids stand for chance).
 */
export async function drawEvenly(stream: AsyncIterable<readonly string[]>, most: number): Promise<readonly string[]> {
  const drawn: string[] = [];
  let seen = 0;
  for await (const page of stream) {
    for (const id of page) {
      seen += 1;
      const place = drawn.length < most ? drawn.length : Math.floor(chanceOf(id) * seen);
      if (place < most) drawn[place] = id;
    }
  }
  return drawn;
}

/** From 0 to below 1. */
function chanceOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE() / 2 ** 32;
}
