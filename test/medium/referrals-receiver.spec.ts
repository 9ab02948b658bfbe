import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { compactVerify } from 'jose';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webhookHeaders } from '../../src/referrals/webhook-signature.js';

const path = (name: string): string => new URL(name, import.meta.url).pathname;

interface Running {
  listening: string;
  receiptPublicKey: string;
}

describe('the reference receiver as a program', () => {
  const sender = generateKeyPairSync('ed25519');
  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-receiver-'));
    const key = sender.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    writeFileSync(join(folder, 'sender.pub'), key);
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function run(...options: string[]): ChildProcess {
    const program = ['--import', path('../support/typescript.mjs'), path('../../src/receiver/main.ts')];
    const sure = ['--port', '0', '--data', folder, '--sender', join(folder, 'sender.pub')];
    child = spawn(process.execPath, [...program, ...sure, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    return child;
  }

  const started = async (...options: string[]): Promise<Running> => {
    const [line] = (await once(run(...options).stdout!, 'data')) as [Buffer];
    return JSON.parse(line.toString()) as Running;
  };

  const send = (to: string, id: string, body: string): Promise<Response> =>
    fetch(to, { method: 'POST', body, headers: webhookHeaders(id, body, new Date(), sender.privateKey) });

  it('signs a receipt over the bytes it got, and gives a duplicate the same one, also after a restart', async () => {
    const first = await started();
    const receipt = await (await send(first.listening, 'ref-1', '{"a":1}')).text();
    const key = createPublicKey({ key: Buffer.from(first.receiptPublicKey, 'base64'), format: 'der', type: 'spki' });
    const { payload } = await compactVerify(receipt, key);
    const bodySha256 = createHash('sha256').update('{"a":1}').digest('hex');
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ referralId: 'ref-1', bodySha256 });
    child!.kill('SIGTERM');
    expect(await once(child!, 'exit')).toEqual([0, null]);
    const second = await started();
    expect(second.receiptPublicKey).toBe(first.receiptPublicKey);
    expect(await (await send(second.listening, 'ref-1', '{"a":1}')).text()).toBe(receipt);
    const log = await (await fetch(second.listening.replace('/referrals', '/log'))).json();
    expect(log).toEqual({ ids: ['ref-1'], wireDuplicates: 1, changedBodies: 0, fault: 'none' });
  });

  it('refuses what its sender did not sign, and logs nothing of it', async () => {
    const { listening } = await started();
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const headers = webhookHeaders('ref-1', '{}', new Date(), stranger);
    const response = await fetch(listening, { method: 'POST', body: '{}', headers });
    expect(response.status).toBe(401);
    const log = await (await fetch(listening.replace('/referrals', '/log'))).json();
    expect(log).toMatchObject({ ids: [] });
  });

  it('starts with a fault when told to, changes it when asked, and names the faults it knows', async () => {
    const { listening } = await started('--fault', 'error500');
    expect((await send(listening, 'ref-1', '{}')).status).toBe(500);
    const fault = (name: string) => fetch(listening.replace('/referrals', '/fault'), { method: 'PUT', body: name });
    const refused = await fault('nonsense');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ faults: { hang: expect.any(String) } });
    await fault('none');
    expect((await send(listening, 'ref-1', '{}')).status).toBe(200);
  });

  it('says in one sentence what is wrong with its options', async () => {
    const program = run('--fault', 'nonsense');
    const [text] = (await once(program.stderr!, 'data')) as [Buffer];
    expect(text.toString()).toContain('--fault must be one of');
    expect(await once(program, 'exit')).toEqual([2, null]);
  });
});
