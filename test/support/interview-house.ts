import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import request from 'supertest';
import { createApplication } from '../../src/application.js';
import { Config } from '../../src/platform/config/config.js';
import { REQUIRED_OF_SCREENING } from '../factories/case-walk.js';
import { anInstalledDatabase, type TestDatabase } from './database.js';

type Json = Record<string, unknown>;

/** An installed authority with its demo people and the API in front of it. */
export class InterviewHouse {
  private readonly tokens = new Map<string, string>();

  private constructor(
    readonly database: TestDatabase,
    readonly owner: pg.Client,
    readonly app: NestExpressApplication,
    private readonly dataDir: string,
    private readonly passwords: ReadonlyMap<string, string>,
  ) {}

  static async open(): Promise<InterviewHouse> {
    const { database, logins } = await anInstalledDatabase();
    const dataDir = mkdtempSync(join(tmpdir(), 'f1-interviews-'));
    const config = Object.assign(new Config(), {
      NODE_ENV: 'test',
      ROLE: 'api',
      F1_DATA_DIR: dataDir,
      DATABASE_POOL_SIZE: 5,
    });
    const app = await createApplication(config, { api: database.appUrl, worker: database.appUrl });
    app.useLogger(false);
    await app.init();
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    const passwords = new Map(logins.map(({ username, password }) => [username, password]));
    return new InterviewHouse(database, owner, app, dataDir, passwords);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.owner.end();
    await this.database.drop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async get(path: string, as = 'officer') {
    return request(this.app.getHttpServer())
      .get(path)
      .set('Authorization', await this.bearer(as));
  }

  async post(path: string, body: unknown, as = 'officer', headers: Record<string, string> = {}) {
    return request(this.app.getHttpServer())
      .post(path)
      .set('Authorization', await this.bearer(as))
      .set(headers)
      .send(body as object);
  }

  async put(path: string, body: Json, as = 'officer') {
    return request(this.app.getHttpServer())
      .put(path)
      .set('Authorization', await this.bearer(as))
      .send(body);
  }

  /** The id of a case in triage. */
  async aCase(about: { birthDate?: string; residences?: string[]; countryOfOrigin?: string } = {}): Promise<string> {
    const { countryOfOrigin = 'RW', birthDate = '1970', residences = [] } = about;
    const applicant = {
      familyName: 'Exemplaris',
      givenNames: 'Inventus',
      birthDate,
      sex: 'male',
      nationalities: [countryOfOrigin],
      residences,
    };
    const { body } = await this.post('/api/cases', { applicant, countryOfOrigin });
    return (body as { id: string }).id;
  }

  /** The id of a screening that is under way. */
  async aScreening(caseId?: string): Promise<string> {
    const { body } = await this.post(`/api/cases/${caseId ?? (await this.aCase())}/interviews`, {
      purpose: 'screening',
    });
    const { id } = body as { id: string };
    await this.command(id, aNotice());
    await this.command(id, { type: 'START_INTERVIEW' });
    return id;
  }

  command(id: string, command: Json, as = 'officer', headers: Record<string, string> = {}) {
    return this.post(`/api/interviews/${id}/commands`, command, as, headers);
  }

  answer(id: string, said: Json, as = 'officer', headers: Record<string, string> = {}) {
    return this.post(`/api/interviews/${id}/answers`, said, as, headers);
  }

  /** Answers what the shipped screening requires, so that it can be finished. */
  async answerRequired(id: string): Promise<void> {
    for (const [questionId, value] of Object.entries(REQUIRED)) await this.answer(id, { questionId, value });
  }

  private async bearer(username: string): Promise<string> {
    const known = this.tokens.get(username);
    if (known !== undefined) return known;
    const password = this.passwords.get(username);
    const { body } = await request(this.app.getHttpServer()).post('/api/tokens').send({ username, password });
    const bearer = `Bearer ${(body as { token: string }).token}`;
    this.tokens.set(username, bearer);
    return bearer;
  }
}

/** What the shipped screening requires, of the applicant who is registered here. */
export const REQUIRED: Json = { ...REQUIRED_OF_SCREENING, birthDate: '1970' };

export const aNotice = (overrides: Json = {}): Json => ({
  type: 'GIVE_NOTICE',
  language: 'rw',
  acknowledged: true,
  recordingAnnounced: true,
  transmissionTold: true,
  interpreter: { reference: 'INT-000', confirmed: true },
  ...overrides,
});
