import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Keys } from '../../src/platform/keys/keys.module.js';
import { aQueueServer, type QueueServer } from '../faults/support/queue-server.js';
import { aReceiver, type RunningReceiver } from '../faults/support/receiver-server.js';
import { aFileForDecision, aHouse } from '../faults/support/referral-case.js';
import { aReferralSystem, decideExclusion, eventually } from '../faults/support/referral-system.js';
import { ask } from '../support/application.js';
import { anInstalledDatabase, type TestDatabase } from '../support/database.js';
import { ServerProcess } from '../support/server-process.js';

const REFERRALS = 12;
const REQUESTS = 6;

/** A door before the receiver: what arrives waits until it is opened. */
async function aDoor(
  receiver: RunningReceiver,
): Promise<{ url: string; waiting: () => number; open: () => void; server: Server }> {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let waiting = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      waiting += 1;
      await opened;
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
      const answer = await fetch(receiver.endpoint, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: Buffer.concat(chunks),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(await answer.text());
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/referrals`,
    waiting: () => waiting,
    open: () => open(),
    server,
  };
}

describe('stopping a server in the midst of its work', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-stopping-'));
  const servers: ServerProcess[] = [];
  let database: TestDatabase;
  let superuser: pg.Client;
  let queue: QueueServer;
  let receiver: RunningReceiver;
  let door: Awaited<ReturnType<typeof aDoor>>;
  let password: string;

  const rows = async <T extends object>(sql: string): Promise<T[]> => (await superuser.query<T>(sql)).rows;
  const count = async (from: string) =>
    (await rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`))[0]!.count;
  const start = async (): Promise<ServerProcess> => {
    const { redisUrl } = queue.queue;
    const server = await ServerProcess.start({
      DATABASE_URL: database.appUrl,
      F1_DATA_DIR: dataDir,
      DATABASE_POOL_SIZE: '10',
      ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    });
    servers.push(server);
    return server;
  };
  const tokenFrom = async ({ address }: ServerProcess): Promise<string> => {
    const answer = await ask(address, 'POST', '/api/tokens', { body: { username: 'officer', password } });
    return (answer.body as { token: string }).token;
  };
  const register = ({ address }: ServerProcess, token: string, key: string) =>
    ask(address, 'POST', '/api/cases', {
      headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': key },
      body: {
        applicant: {
          familyName: 'Exemplaris',
          givenNames: 'Inventus',
          birthDate: '1971~',
          sex: 'unknown',
          nationalities: ['RW'],
        },
        countryOfOrigin: 'RW',
      },
    });

  beforeAll(async () => {
    const installed = await anInstalledDatabase();
    ({ database } = installed);
    superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    password = installed.logins.find(({ username }) => username === 'officer')!.password;
    queue = await aQueueServer(database.ownerUrl);
    receiver = await aReceiver();
    door = await aDoor(receiver);
    const { receiptPublicKey } = receiver;
    const house = await aHouse(database.ownerUrl, [
      { code: 'abroad', webhook: { endpoint: door.url, receiptPublicKey } },
    ]);
    const system = await aReferralSystem({ appUrl: database.appUrl, dataDir });
    receiver.trust(system.get(Keys).signing.publicKey);
    for (let number = 0; number < REFERRALS; number++) {
      await decideExclusion(system, house, await aFileForDecision(database.ownerUrl, house, system.get(Keys)));
    }
    await system.close();
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.kill()));
    door.server.close();
    door.server.closeAllConnections();
    await receiver.close();
    await queue.close();
    await superuser.end();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('answers every request and keeps every receipt that was under way, and the next server does the rest once', async () => {
    const first = await start();
    const token = await tokenFrom(first);
    const before = await count('case_file');
    await eventually(async () => door.waiting() >= 4);

    const lock = new pg.Client({ connectionString: database.ownerUrl });
    await lock.connect();
    await lock.query('BEGIN; LOCK TABLE case_file IN SHARE MODE'); // requests come this far and wait
    const keys = Array.from({ length: REQUESTS }, () => randomUUID());
    const answers = Promise.all(keys.map((key) => register(first, token, key)));
    await eventually(
      async () =>
        (await count(
          `pg_stat_activity WHERE datname = current_database() AND application_name = 'f1_api' AND wait_event_type = 'Lock'`,
        )) === REQUESTS,
    );

    await first.terminate();
    const underWay = door.waiting();
    door.open();
    await lock.end();
    expect((await answers).map(({ status }) => status)).toEqual(keys.map(() => 201));
    expect(await first.end()).toBe(0);
    expect(await count('case_file')).toBe(before + REQUESTS);
    expect(await count('delivery_attempt WHERE outcome IS NULL')).toBe(0);
    expect(await count(`receipt WHERE channel = 'webhook'`)).toBe(receiver.log.summary().ids.length);
    expect(receiver.log.summary().ids.length).toBeGreaterThanOrEqual(underWay);

    const second = await start();
    await eventually(async () => (await count('outbox WHERE done_at IS NULL')) === 0);
    expect(await count('receipt')).toBe(await count('obligation'));
    const { ids, wireDuplicates } = receiver.log.summary();
    expect({ ids: ids.length, wireDuplicates }).toEqual({ ids: REFERRALS, wireDuplicates: 0 });

    const repeated = await Promise.all(keys.map((key) => register(second, token, key)));
    const idOf = ({ body }: (typeof repeated)[number]) => (body as { id: string }).id;
    expect(repeated.map(idOf)).toEqual((await answers).map(idOf));
    expect(await count('case_file')).toBe(before + REQUESTS);
    await second.terminate();
    expect(await second.end()).toBe(0);
  });
});
