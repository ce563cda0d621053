import { fetchText, parseJson } from '../exchange.ts';
import { isNotFound, refusal } from './answers.ts';
import type { Connection } from './connection.ts';
import { resourceUrl } from './connection.ts';

/** GET /settlements/{date}: there is none before the day is over by the acquirer's clock. */
export async function settlementFile(connection: Connection, date: string): Promise<string | undefined> {
  const about = `simulated acquirer, settlement file of ${date}`;
  const { status, text } = await fetchText({
    method: 'GET',
    url: resourceUrl(connection, 'settlements', date),
    timeoutMilliseconds: connection.settlementTimeoutMilliseconds,
    about,
  });
  if (status === 200) return text;
  const reply = { status, body: parseJson(text, about) };
  if (isNotFound(reply)) return undefined;
  throw refusal(reply, about);
}
