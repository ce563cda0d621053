import { parseXml, XmlDocumentType, XmlElement, XmlError } from '@rgrove/parse-xml';
import type { XmlDocument } from '@rgrove/parse-xml';
import type { DayRates } from '../../../core/fx/day-rates.ts';
import { RatesRefused } from '../../../core/fx/ports.ts';

/**
 * The ECB's daily reference file: an envelope with one `Cube` that has a `time`, and in it one for each currency with
 * its rate, as units of the currency for one euro.
 * https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates
 *
 * The parser (@rgrove/parse-xml: no dependencies, 15 KB in a bundle where fast-xml-parser takes 65) refuses whatever is not
 * well-formed, so half a file is no file. It expands no entities of a document type, and a file with one is refused.
 *
 * @throws RatesRefused that says what is wrong with the file.
 */
export function parseFile(text: string): DayRates {
  const document = parse(text);
  if (document.children.some((node) => node instanceof XmlDocumentType)) {
    throw new RatesRefused('The rate file has a document type, which it never had and does not need.');
  }
  const [day, ...others] = document.root ? cubes(document.root).filter((cube) => has(cube, 'time')) : [];
  if (!day || others.length > 0) throw new RatesRefused('The rate file is not one day of rates.');
  return { date: day.attributes['time'] ?? '', perEuro: readRates(day) };
}

function parse(text: string): XmlDocument {
  try {
    return parseXml(text, { preserveDocumentType: true });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    // The first line says what and where; those below quote the file.
    throw new RatesRefused(`The rate file is not well-formed XML: ${error.message.split('\n')[0] ?? ''}`);
  }
}

function readRates(day: XmlElement): Record<string, string> {
  const perEuro = new Map<string, string>();
  for (const cube of cubes(day)) {
    const { currency, rate } = cube.attributes;
    if (cube === day) continue;
    if (currency === undefined || rate === undefined || !/^[A-Z]{3}$/u.test(currency)) {
      throw new RatesRefused('The rate file has an entry that is no currency with its rate.');
    }
    if (perEuro.has(currency)) throw new RatesRefused(`The rate file has ${currency} twice.`);
    perEuro.set(currency, rate);
  }
  return Object.fromEntries(perEuro);
}

/** All elements named Cube from this one on, itself included. */
function cubes(element: XmlElement): readonly XmlElement[] {
  const below = element.children.flatMap((child) => (child instanceof XmlElement ? cubes(child) : []));
  return element.name === 'Cube' ? [element, ...below] : below;
}

function has(element: XmlElement, attribute: string): boolean {
  return Object.hasOwn(element.attributes, attribute);
}
