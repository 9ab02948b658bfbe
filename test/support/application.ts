import type { NestExpressApplication } from '@nestjs/platform-express';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { createApplication } from '../../src/application.js';
import { auditVerify, type AuditVerification } from '../../src/audit/audit-verify.js';
import { type Caller, signIn } from '../../src/demo/api-client.js';
import type { Cast } from '../../src/demo/case-walk.js';
import { createAccount } from '../../src/identity/account-administration.js';
import type { CertificateName } from '../../src/identity/certificates.service.js';
import { Config } from '../../src/platform/config/config.js';
import type { Role } from '../../src/platform/http/actor.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { type Reconciliation, ReconcilerService } from '../../src/referrals/reconciler.service.js';
import { anInstalledDatabase, type TestDatabase } from './database.js';
import { aQueueBackend } from './queue-backend.js';

/** What came back over HTTP, refused or not. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is JSON, else undefined. */
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into documents of many shapes
}

export interface Asking {
  /** An object is sent as JSON; text and bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One signed-in person; a refusal is an answer like any other. */
export class Person {
  constructor(
    readonly username: string,
    readonly token: string,
    private readonly address: string,
  ) {}

  get(path: string, headers: Asking['headers'] = {}): Promise<Answer> {
    return this.ask('GET', path, { headers });
  }

  post(path: string, body: unknown, headers: Asking['headers'] = {}): Promise<Answer> {
    return this.ask('POST', path, { body, headers });
  }

  put(path: string, body: unknown, headers: Asking['headers'] = {}): Promise<Answer> {
    return this.ask('PUT', path, { body, headers });
  }

  ask(method: string, path: string, { body, headers = {} }: Asking = {}): Promise<Answer> {
    return ask(this.address, method, path, { body, headers: { Authorization: `Bearer ${this.token}`, ...headers } });
  }
}

/** Sends one request as it is, signed in or not. */
export async function ask(
  address: string,
  method: string,
  path: string,
  { body, headers = {} }: Asking = {},
): Promise<Answer> {
  const plain = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${address}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: (plain ? body : JSON.stringify(body)) as string }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
}

export interface AccountWanted {
  readonly roles: readonly Role[];
  readonly certificates: readonly CertificateName[];
  /** The central one, if not said. */
  readonly unit?: string;
}

export interface ApplicationWanted {
  readonly config?: Partial<Config>;
}

/** An installed authority with its demo people, answering HTTP on a port of its own, with worker and queue behind it. */
export class TestApplication {
  private readonly people = new Map<string, Promise<Person>>();

  constructor(
    readonly app: NestExpressApplication,
    readonly address: string,
    readonly database: TestDatabase,
    readonly owner: pg.Client,
    readonly config: Config,
    readonly passwords: Map<string, string>,
    private readonly dropQueue: () => Promise<void>,
  ) {}

  /** The person with this demo account; signed in at the first asking. */
  as(username: string): Promise<Person> {
    const known = this.people.get(username);
    if (known) return known;
    const person = this.signIn(username);
    this.people.set(username, person);
    return person;
  }

  /** Everybody whom the walk through a case needs, as the demo's callers: a refusal is an error there. */
  async cast(): Promise<Cast> {
    const names = ['officer', 'interviewer', 'analyst', 'reviewer', 'legal', 'decider', 'prosecutor', 'war-crimes'];
    const callers = await Promise.all(names.map(async (name) => [name, await this.caller(name)] as const));
    return Object.fromEntries(callers) as unknown as Cast;
  }

  caller(username: string): Promise<Caller> {
    return signIn(this.address, username, this.passwordOf(username));
  }

  /** A person whom the demo does not have, signed in; the certificates are valid. */
  async withAccount(username: string, { roles, certificates, unit = 'central' }: AccountWanted): Promise<Person> {
    const password = randomUUID();
    this.passwords.set(username, password);
    await createAccount(this.owner, {
      id: randomUUID(),
      username,
      displayName: `${username} Demo`,
      roles,
      unit,
      password,
      certificates: certificates.map((name) => ({
        id: randomUUID(),
        name,
        number: `TEST-${username}`,
        issuer: 'Demo Training Centre',
        validFrom: '2003-01-01',
        validUntil: '2999-12-31',
      })),
    });
    return this.as(username);
  }

  /** The cover of a referral with its package; opens the file for a purpose where that is needed. */
  async read(username: string, referralId: string): Promise<Answer> {
    const reader = await this.as(username);
    const path = `/api/referrals/${referralId}`;
    const cover = await reader.get(path);
    if (cover.body.access?.open === false)
      await reader.post(`${path}/grants`, { purpose: 'investigation', legalBasis: 'an invented code' });
    const { status, headers, text, body } = await reader.get(`${path}/package`);
    return { status, headers, text, body: status === 200 ? { ...cover.body, package: body.package } : body };
  }

  passwordOf(username: string): string {
    const password = this.passwords.get(username);
    if (password === undefined) throw new Error(`there is no demo account ${username}`);
    return password;
  }

  /** Nobody in particular asks. */
  anonymously(method: string, path: string, asking: Asking = {}): Promise<Answer> {
    return ask(this.address, method, path, asking);
  }

  async rows<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.owner.query<T>(text, values)).rows;
  }

  /** How many rows every table has but those that count attempts and reads: a refused request leaves them alike. */
  async counts(): Promise<Readonly<Record<string, number>>> {
    await this.nothingUnderWay();
    const tables = await this.rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY relname`,
    );
    const counted = tables.map(({ name }) => name).filter((name) => !ELSEWHERE.includes(name));
    const columns = counted.map((name) => `(SELECT count(*)::int FROM ${pg.escapeIdentifier(name)}) AS "${name}"`);
    return (await this.rows<Record<string, number>>(`SELECT ${columns.join(', ')}`))[0] ?? {};
  }

  /** What an earlier request left to the worker is written meanwhile; what was due for seconds is held back and stays. */
  private async nothingUnderWay(): Promise<void> {
    const underWay = `SELECT FROM outbox WHERE done_at IS NULL AND (lease_until > f1_now()
      OR next_attempt_at BETWEEN f1_now() - interval '2 s' AND f1_now()) LIMIT 1`;
    for (const until = Date.now() + 15_000; Date.now() < until; await pause(50))
      if ((await this.rows(underWay)).length === 0) return;
  }

  reconcile(how: { readonly chains?: boolean } = {}): Promise<Reconciliation> {
    return this.app.get(ReconcilerService, { strict: false }).reconcile(how);
  }

  verifyAudit(): Promise<AuditVerification> {
    return auditVerify(this.database.ownerUrl, keysFrom(this.config), { ownCountry: this.config.country });
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.owner.end();
    await this.dropQueue();
    await this.database.drop();
    rmSync(this.config.F1_DATA_DIR, { recursive: true, force: true });
  }

  private async signIn(username: string): Promise<Person> {
    const body = { username, password: this.passwordOf(username) };
    const answer = await ask(this.address, 'POST', '/api/tokens', { body });
    if (answer.status !== 201) throw new Error(`${username} cannot sign in: ${answer.text}`);
    return new Person(username, (answer.body as { token: string }).token, this.address);
  }
}

/** Tables that tell of asking, not of what was changed. */
const ELSEWHERE = [
  'access_log',
  'ledger',
  'ledger_head',
  'ledger_tile',
  'ledger_checkpoint',
  'known_place',
  'throttle',
  'session',
];

/** Reuse one in a spec file: starting it takes seconds. */
export async function anApplication({ config: wanted = {} }: ApplicationWanted = {}): Promise<TestApplication> {
  const { database, logins } = await anInstalledDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'f1-application-'));
  const redisUrl = ownRedis();
  const config = Object.assign(new Config(), {
    NODE_ENV: 'test',
    F1_DATA_DIR: dataDir,
    DATABASE_POOL_SIZE: 5,
    LOG_LEVEL: 'error',
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    ...wanted,
  });
  const app = await createApplication(config, { api: database.appUrl, worker: database.appUrl });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const passwords = new Map(logins.map(({ username, password }) => [username, password]));
  const address = `http://127.0.0.1:${port}`;
  return new TestApplication(app, address, database, owner, config, passwords, () => emptyRedis(redisUrl));
}

/** The application has one queue prefix, so test files that run side by side take a Redis database each. */
function ownRedis(): string | undefined {
  const { redisUrl } = aQueueBackend();
  if (redisUrl === undefined) return undefined;
  const url = new URL(redisUrl);
  url.pathname = `/${1 + (Number(process.env['JEST_WORKER_ID'] ?? 1) % 15)}`;
  return url.href;
}

async function emptyRedis(url: string | undefined): Promise<void> {
  if (url === undefined) return;
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
}
