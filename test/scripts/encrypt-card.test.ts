import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compactDecrypt } from 'jose';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...publicKey.export({ format: 'jwk' }), use: 'enc', alg: 'RSA-OAEP-256', kid: 'current' };
const server = createServer((request, response) => {
  const found = request.url === '/v1/encryption-key';
  response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(found ? jwk : {}));
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(
  () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
);

async function whenRun(...options: readonly string[]) {
  const child = spawn(process.execPath, ['scripts/encrypt-card.ts', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { ...output, status };
}

async function opened(jwe: string): Promise<unknown> {
  const { plaintext } = await compactDecrypt(jwe.trim(), privateKey);
  return JSON.parse(new TextDecoder().decode(plaintext));
}

describe('scripts/encrypt-card.ts', () => {
  const keyUrl = () => ['--key-url', `${base}/v1/encryption-key`];
  const card = ['--number', '4242424242424242', '--exp', '12/2030', '--cvc', '123', '--name', 'Ada Lovelace'];

  test('prints the envelope of a card and nothing else', async () => {
    const { status, stdout } = await whenRun(...keyUrl(), ...card);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^[\w-]+(\.[\w-]+){4}\n$/u);
    expect(await opened(stdout)).toEqual({
      number: '4242424242424242',
      expMonth: 12,
      expYear: 2030,
      cvc: '123',
      holderName: 'Ada Lovelace',
    });
  });

  test('prints the envelope of a security code alone', async () => {
    const { status, stdout } = await whenRun(...keyUrl(), '--cvc', '123');
    expect(status).toBe(0);
    expect(await opened(stdout)).toEqual({ cvc: '123' });
  });

  test.each([
    ['nothing', []],
    ['no key', card],
    ['no URL', ['--key-url', 'nonsense', ...card]],
    ['no number', ['--key-url', 'http://127.0.0.1:9', ...card.slice(2)]],
    ['a wrong month', ['--key-url', 'http://127.0.0.1:9', ...card, '--exp', '1230']],
    ['an unknown option', ['--key-url', 'http://127.0.0.1:9', ...card, '--pin', '1234']],
  ])('shows its usage and exits with 2 for %s', async (_name, options) => {
    const { status, stdout, stderr } = await whenRun(...options);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: node scripts/encrypt-card.ts');
  });

  test('exits with 1 and says why when there is no key to be had', async () => {
    const { status, stdout, stderr } = await whenRun('--key-url', `${base}/nowhere`, ...card);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('answered 404');
  });
});
