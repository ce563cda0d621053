import type { MeteredItemAccess, MeteredItemCall } from '../kernel/metering.ts';
import { Tally, others } from './tally.ts';

interface IndexSums {
  readonly index: string;
  writes: number;
  units: number;
}

interface AccessSums extends Pick<MeteredItemAccess, 'kind' | 'action' | 'table' | 'index'> {
  items: number;
  bytes: number;
  units: number;
  readonly indexes: Tally<IndexSums>;
}

interface CallSums extends Pick<MeteredItemCall, 'operation' | 'failure'> {
  count: number;
  readonly accesses: Tally<AccessSums>;
}

/**
 * Calls on items, summed by what they are: operation, failure, and what they do to which tables. So each write of a
 * path stands on a line of its own, with all that it is charged for.
 */
export class ItemCalls {
  readonly #calls = new Tally<CallSums>(() => newCall({ operation: others }));

  add({ operation, failure, accesses }: MeteredItemCall): void {
    const parts = new Set(accesses.map(describe));
    const call = this.#calls.of([operation, failure ?? '', ...parts].join('|'), () =>
      newCall(failure === undefined ? { operation } : { operation, failure }),
    );
    call.count += 1;
    for (const access of accesses) addAccess(call.accesses, access);
  }

  units(kind: 'read' | 'write'): number {
    return this.#calls.total(({ accesses }) =>
      accesses.total((access) =>
        access.kind === kind ? access.units + access.indexes.total(({ units }) => units) : 0,
      ),
    );
  }

  report() {
    return this.#calls.list().map(({ accesses, ...call }) => ({
      ...call,
      accesses: accesses.list().map(({ indexes, ...access }) => ({ ...access, indexes: indexes.list() })),
    }));
  }

  clear(): void {
    this.#calls.clear();
  }
}

function describe({ action, table, index }: Pick<MeteredItemAccess, 'action' | 'table' | 'index'>): string {
  return `${action} ${table}${index === undefined ? '' : `/${index}`}`;
}

function newCall(labels: Pick<MeteredItemCall, 'operation' | 'failure'>): CallSums {
  const rest = { kind: 'read', action: others, table: others } as const;
  return { ...labels, count: 0, accesses: new Tally<AccessSums>(() => newAccess(rest)) };
}

function newAccess({
  kind,
  action,
  table,
  index,
}: Omit<AccessSums, 'items' | 'bytes' | 'units' | 'indexes'>): AccessSums {
  const labels = { kind, action, table, ...(index === undefined ? {} : { index }) };
  const indexes = new Tally<IndexSums>(() => ({ index: others, writes: 0, units: 0 }));
  return { ...labels, items: 0, bytes: 0, units: 0, indexes };
}

function addAccess(sums: CallSums['accesses'], access: MeteredItemAccess): void {
  const own = sums.of(describe(access), () => newAccess(access));
  own.items += access.items;
  own.bytes += access.bytes;
  own.units += access.units;
  for (const { index, writes, units } of access.indexes) {
    const ofIndex = own.indexes.of(index, () => ({ index, writes: 0, units: 0 }));
    ofIndex.writes += writes;
    ofIndex.units += units;
  }
}
