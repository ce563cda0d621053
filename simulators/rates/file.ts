import { seededChance } from '../house/chance.ts';

/** What one euro is worth at about these times; every day wobbles around it. Our own numbers, not the ECB's. */
const usual: Readonly<Record<string, number>> = {
  USD: 1.0912,
  JPY: 163.41,
  CZK: 25.118,
  DKK: 7.4589,
  GBP: 0.84275,
  HUF: 402.35,
  PLN: 4.2865,
  RON: 4.9771,
  SEK: 11.2415,
  CHF: 0.9486,
  ISK: 147.3,
  NOK: 11.6785,
  TRY: 46.2217,
  AUD: 1.6742,
  BRL: 6.1093,
  CAD: 1.5081,
  CNY: 7.8236,
  HKD: 8.4905,
  IDR: 17_412.6,
  ILS: 4.0321,
  INR: 93.7155,
  KRW: 1_518.44,
  MXN: 20.8817,
  MYR: 4.7364,
  NZD: 1.8119,
  PHP: 62.904,
  SGD: 1.4427,
  THB: 36.855,
  ZAR: 19.6438,
};

/** How far a day's rate is from the usual one, at most. */
const wobble = 0.01;
const publishedAtHour = 16;

/**
 * The file that is published at a time: of the last working day (Monday to Friday; the ECB's holidays are not kept)
 * whose 16:00 in Frankfurt is over. The same day always has the same rates.
 */
export function fileAt(now: number): string {
  return fileOf(lastPublished(now));
}

/** The day, `2026-11-25`, whose rates are the latest at a time. */
export function lastPublished(now: number): string {
  const parts = new Map(frankfurt.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const back = part('hour') >= publishedAtHour ? 0 : 1;
  const day = new Date(Date.UTC(part('year'), part('month') - 1, part('day') - back));
  while (day.getUTCDay() === 0 || day.getUTCDay() === 6) day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

const frankfurt = new Intl.DateTimeFormat('en', {
  timeZone: 'Europe/Berlin',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
});

function fileOf(date: string): string {
  const chance = seededChance(Number(date.replaceAll('-', '')));
  const cubes = Object.entries(usual).map(([currency, rate]) => {
    const ofTheDay = rate * (1 + wobble * (2 * chance() - 1));
    return `\t\t\t<Cube currency='${currency}' rate='${Number(ofTheDay.toPrecision(5)).toString()}'/>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">',
    '\t<gesmes:subject>Reference rates</gesmes:subject>',
    '\t<gesmes:Sender>',
    '\t\t<gesmes:name>A simulator</gesmes:name>',
    '\t</gesmes:Sender>',
    '\t<Cube>',
    `\t\t<Cube time='${date}'>`,
    ...cubes,
    '\t\t</Cube>',
    '\t</Cube>',
    '</gesmes:Envelope>',
    '',
  ].join('\n');
}
