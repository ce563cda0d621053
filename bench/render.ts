import { journey } from './journey.ts';
import { quantile } from './load.ts';
import type { LoadResult } from './load.ts';
import { measuredOn, table } from './markdown.ts';
import type { ItemCall, MeterReport } from './meter-client.ts';
import type { Phase } from './phases.ts';

export interface Result {
  readonly phase: Phase;
  /** The same DynamoDB calls against the raw store. */
  readonly raw: LoadResult;
}

/** Tables in Markdown: what was measured at each concurrency, what a payment costs, and what it writes. */
export function renderResults(results: readonly Result[], warmUpPayments: number): string {
  const [slow] = results;
  if (!slow) return 'Nothing was measured.';
  const { load, meter } = slow.phase;
  return [
    ...headline(meter, warmUpPayments),
    '',
    ...speedTable(results),
    '',
    ...costTable(slow.phase),
    '',
    ...accessTable(meter.items.calls, load.count),
    '',
    `Not in the price: ${meter.prices.notCounted.join('; ')}.`,
  ].join('\n');
}

function headline({ declared, prices }: MeterReport, warmUpPayments: number): string[] {
  return [
    `${measuredOn()}; client, cloud, database and acquirer share the machine.`,
    `A payment is: ${journey.map(({ name }) => name).join(' + ')}. Warm-up: ${warmUpPayments} payments. The acquirer answers at once; the price`,
    `declares ${declared.outsideCallMilliseconds} ms for each call to it, in all that wait for it. List prices of ${prices.region} as known on ${prices.knownOn}.`,
  ];
}

function speedTable(results: readonly Result[]): string[] {
  const perPayment = (pick: (meter: MeterReport) => number | undefined) =>
    results.map(({ phase }) => decimals((pick(phase.meter) ?? NaN) / phase.load.count, 2));
  return table(
    ['Concurrency', ...results.map(({ phase }) => String(phase.width))],
    [
      ['Payments a second', ...results.map(({ phase }) => decimals(phase.load.perSecond, 0))],
      [
        'The raw store, same DynamoDB calls: payments a second',
        ...results.map(({ raw }) => decimals(raw.perSecond, 0)),
      ],
      [
        'Ratio (bar at 16: 0.25)',
        ...results.map(({ phase, raw }) => decimals(phase.load.perSecond / raw.perSecond, 2)),
      ],
      ...journey.flatMap(({ name }) =>
        ([0.5, 0.99] as const).map((share) => [
          `${name}: p${share * 100}, ms`,
          ...results.map(({ phase }) => decimals(quantile(phase.steps.get(name) ?? [], share), 1)),
        ]),
      ),
      ['CPU a payment, ms: functions', ...perPayment(({ processor }) => processor.functionsMilliseconds)],
      ['CPU a payment, ms: embedded cloud', ...perPayment(({ processor }) => processor.cloudMilliseconds)],
      [
        'CPU a payment, ms: their helpers (garbage collection, compilation, files)',
        ...perPayment(({ processor }) => processor.helpersMilliseconds),
      ],
      ['CPU a payment, ms: DynamoDB server', ...perPayment(({ processor }) => processor.databaseMilliseconds)],
      [
        'Payments measured, failed',
        ...results.map(({ phase: { load } }) => `${load.count}, ${sum([...load.failures.values()])}`),
      ],
    ],
  );
}

/** One payment at a time: with several at once functions wait for each other here as they do not on AWS. */
function costTable({ load, meter }: Phase): string[] {
  const each = (quantity: number) => decimals(quantity / load.count, 2);
  const million = (cost: number) => decimals((cost / load.count) * 1_000_000, 2);
  const services = Object.entries(meter.dollars.byService).filter(([, cost]) => cost > 0);
  const used = (name: string) => each(meter.usage[name] ?? 0);
  const writes = (tables: RegExp) => each(writeUnitsOf(meter.items.calls, tables));
  return table(
    ['A million payments on AWS', 'Dollars'],
    [
      ...services.map(([service, cost]) => [service, million(cost)]),
      ['**All** (bar: 40)', million(meter.dollars.total)],
    ],
  ).concat(
    '',
    table(
      ['A payment on AWS', 'Count'],
      [
        ['DynamoDB write units: its money (bar for two calls: 14)', writes(/^(?!.*(?:Fraud|Cvc)Table)/u)],
        ["DynamoDB write units: its security code's deletion", writes(/CvcTable/u)],
        ['DynamoDB write units: fraud', writes(/FraudTable/u)],
        ['DynamoDB write units: all', used('dynamoDbWriteUnits')],
        ['DynamoDB read units', used('dynamoDbReadUnits')],
        [
          'KMS requests (bar: 1)',
          each((meter.usage['kmsRequests'] ?? 0) + (meter.usage['kmsAsymmetricRequests'] ?? 0)),
        ],
        ['Standard transitions (bar: 0)', used('standardTransitions')],
        ['Lambda requests', used('lambdaRequests')],
        ['Lambda milliseconds, as priced', each(sum(meter.functions.map((each) => each.pricedMilliseconds)))],
        ['Lambda milliseconds, as measured', each(sum(meter.functions.map((each) => each.milliseconds)))],
      ],
    ),
  );
}

function writeUnitsOf(calls: readonly ItemCall[], tables: RegExp): number {
  const writes = calls.flatMap(({ accesses }) => accesses).filter(({ kind }) => kind === 'write');
  return sum(writes.filter(({ table: name }) => tables.test(name)).map(unitsOf));
}

function unitsOf({ units, indexes }: ItemCall['accesses'][number]): number {
  return units + sum(indexes.map((index) => index.units));
}

/** Each access of a payment with its units, by table and index. */
function accessTable(calls: readonly ItemCall[], payments: number): string[] {
  const rows = calls.flatMap(({ operation, failure, accesses }) =>
    accesses.map((access) => {
      const { action, table: name, index, items, bytes, units, kind } = access;
      const indexes = access.indexes.map((each) => `${each.index} ${decimals(each.units / payments, 2)}`).join(', ');
      return [
        failure === undefined ? operation : `${operation} (${failure})`,
        `${action} ${shortName(name)}${index === undefined ? '' : `/${index}`}`,
        decimals(items / payments, 2),
        decimals(bytes / items, 0),
        `${decimals(units / payments, 2)} ${kind}`,
        indexes === '' ? '-' : indexes,
      ];
    }),
  );
  return table(
    ['DynamoDB call', 'Item', 'Times a payment', 'Bytes', 'Units of the table', 'Write units of indexes'],
    rows,
  );
}

/** The CDK's name of a table without its stack and hash. */
function shortName(name: string): string {
  return /(?<short>[A-Z][A-Za-z]*?Table)/u.exec(name.split('-').at(-1) ?? name)?.groups?.['short'] ?? name;
}

function decimals(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '-';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
