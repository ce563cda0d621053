import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SettlementLine } from '../../../core/payments/acquirer.ts';
import { acquirerErrorNames } from '../../../core/payments/acquirer.ts';
import type { Bench } from './contract.ts';
import { aCapture, aRefund, givenAuthorized } from './payments.ts';

const day = 86_400_000;

/** The rules of SettlesDaily, for an acquirer that also captures, refunds and cancels movements. */
export function settlementRules(bench: Bench): void {
  const { simulator, capturing, refunding, cancellingMovements, settling, failureOf } = bench;

  describe('that settles daily', () => {
    // Each test has days of its own, far from those on which other tests moved money.
    let offset = 1_000 * day;
    let today = '';
    const goToNextDay = async (): Promise<void> => {
      offset += day;
      const { body } = await simulator().post('/clock', { offsetMilliseconds: offset });
      today = (body as { now: string }).now.slice(0, 10);
    };
    const fileOf = async (
      date: string,
      after = 0,
    ): Promise<{ date: string; lines: readonly SettlementLine[] } | undefined> => {
      const file = await settling().settlementFile(date);
      if (!file) return undefined;
      const lines: SettlementLine[] = [];
      for await (const line of file.lines(after)) lines.push(line);
      expect(lines).toHaveLength(Math.max(0, file.count - after));
      await file.close();
      return { date: file.date, lines };
    };
    beforeEach(async () => {
      await goToNextDay();
      await goToNextDay();
    });
    afterAll(async () => {
      await simulator().post('/clock', { offsetMilliseconds: 0 });
    });

    test('a day has no file before it is over', async () => {
      expect(await settling().settlementFile(today)).toBeUndefined();
      expect(await settling().settlementFile('2199-01-01')).toBeUndefined();
    });

    test('a day on which nothing moved has an empty file', async () => {
      const date = today;
      await goToNextDay();
      expect(await fileOf(date)).toEqual({ date, lines: [] });
    });

    test('the file lists what moved on its day in order, and nothing that was refused, cancelled or of another day', async () => {
      const date = today;
      const payment = await givenAuthorized(bench, { amount: 10_000n });
      const captures = [6_000n, 2_000n, 50n].map((amount) => aCapture(payment, { amount }));
      for (const capture of captures) await capturing().capture(capture);
      const [first, second, cancelled] = captures;
      await cancellingMovements().cancelMovement(cancelled?.reference ?? '');
      await capturing().capture(aCapture(payment, { amount: 9_000n }));
      const refund = aRefund(payment, { amount: 1_500n });
      await refunding().refund(refund);
      await goToNextDay();
      const later = aRefund(payment, { amount: 1n });
      await refunding().refund(later);

      const file = await fileOf(date);
      const currency = 'EUR';
      expect(file).toEqual({
        date,
        lines: [
          { reference: first?.reference, operation: 'capture', gross: 6_000n, fee: 180n, net: 5_820n, currency },
          { reference: second?.reference, operation: 'capture', gross: 2_000n, fee: 60n, net: 1_940n, currency },
          { reference: refund.reference, operation: 'refund', gross: -1_500n, fee: 0n, net: -1_500n, currency },
        ],
      });
      expect((await fileOf(date, 2))?.lines).toEqual(file?.lines.slice(2));
      expect((await fileOf(date, 3))?.lines).toEqual([]);
      const nextDate = today;
      await goToNextDay();
      expect(await fileOf(nextDate)).toMatchObject({ lines: [{ reference: later.reference }] });
      expect(await fileOf(date)).toEqual(file);
    });

    test('what is in a file can no longer be cancelled', async () => {
      const date = today;
      const capture = aCapture(await givenAuthorized(bench));
      const outcome = await capturing().capture(capture);
      await goToNextDay();
      expect(await cancellingMovements().cancelMovement(capture.reference)).toEqual(outcome);
      expect(await fileOf(date)).toMatchObject({ lines: [{ reference: capture.reference }] });
    });

    test('the fee is rounded half up, movement by movement, in every currency', async () => {
      const date = today;
      const amounts = [
        ['EUR', 16n, 0n],
        ['EUR', 17n, 1n],
        ['JPY', 50n, 2n],
        ['KWD', 1_000_000_000_001n, 30_000_000_000n],
      ] as const;
      for (const [currency, amount] of amounts)
        await capturing().capture(aCapture(await givenAuthorized(bench, { currency, amount })));
      await goToNextDay();
      const file = await fileOf(date);
      expect(file?.lines.map(({ currency, gross, fee }) => [currency, gross, fee])).toEqual(amounts);
    });

    test('a file is the same after a kill', async () => {
      const date = today;
      await capturing().capture(aCapture(await givenAuthorized(bench)));
      await goToNextDay();
      const before = await settling().settlementFile(date);
      await simulator().kill();
      await simulator().start();
      const after = await settling().settlementFile(date);
      expect(after?.sha256).toBe(before?.sha256);
      expect(after?.sums).toEqual(before?.sums);
      for (const file of [before, after]) await file?.close();
    });

    test.each(['drop_before', 'drop_after', 'error'])('a file that met %s can be fetched again', async (kind) => {
      await simulator().post('/faults', { operation: 'settlement', kind });
      expect((await failureOf(settling().settlementFile('2020-01-01'))).name).toBe(acquirerErrorNames.outcomeUnknown);
      await simulator().clearFaults();
      expect(await fileOf('2020-01-01')).toEqual({ date: '2020-01-01', lines: [] });
    });

    test('what is no date is refused', async () => {
      const error = await failureOf(settling().settlementFile('2026-02-30'));
      expect(error.name).toBe(acquirerErrorNames.requestRefused);
    });
  });
}
