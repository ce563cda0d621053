import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TrialBalance } from '../../packages/client/index.ts';
import type { Instance } from '../throw-away-instance.ts';
import { say, step } from './narrate.ts';
import type { Stage } from './stage.ts';

/** A minute later the books hold everything; after the night the acquirer has paid. */
export async function tellOfTheBooks({ operator }: Stage, { advance }: Instance): Promise<void> {
  step('Two minutes later everything is in the books, and debits equal credits.');
  await advance('PT2M');
  const evening = await operator.getTrialBalance();
  assert.ok(evening.currencies.length > 0);
  describe(evening);

  step(
    "The day ends. The acquirer's settlement file says what it has transferred: clearing becomes money on the bank.",
  );
  await advance('P1DT2H');
  const { currencies } = await operator.getTrialBalance();
  for (const { currency, accounts } of currencies) {
    const balanceOf = (name: string) => accounts.find(({ account }) => account === name)?.balance ?? '0';
    const [owed, paid] = [balanceOf('processor_clearing'), balanceOf('bank')];
    say(`${currency}: the acquirer owes ${owed}, and ${paid} are on the bank`);
    assert.equal(owed, '0');
  }
  const { data } = await operator.listExceptions({ state: 'open' });
  say(`${data.length} exceptions for an operator to look at`);
  assert.deepEqual(data, []);
}

function describe({ currencies }: TrialBalance): void {
  for (const { currency, debit, credit, difference, accounts } of currencies) {
    for (const { account, balance } of accounts) say(`${account.padEnd(24)} ${balance.padStart(8)} ${currency}`);
    say(`debits ${debit}, credits ${credit}: the difference is ${difference} ${currency}`);
    assert.equal(difference, '0');
  }
}

/** Anybody can prove the journal from the stored data. */
export async function tellOfTheProof({ dataDir }: Instance): Promise<void> {
  step('An auditor proves the journal from the stored data, without asking the platform: npm run verify:ledger.');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'scripts/verify-ledger.ts', '--settled'],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)), env: { ...process.env, QUITTANCE_DATA_DIR: dataDir } },
  );
  for (const line of stdout.trimEnd().split('\n')) say(line);
}
