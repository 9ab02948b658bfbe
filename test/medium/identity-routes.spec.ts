import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApplication } from '../../src/application.js';
import { rolesWhoMay } from '../../src/identity/policy.js';
import { RoutePolicyCheck, type DeclaredRoute } from '../../src/identity/route-policy.check.js';
import { Config } from '../../src/platform/config/config.js';
import { anInstalledDatabase, type TestDatabase } from '../support/database.js';

/** Asked by machines of the operator; no part of the API that the document describes. */
const PROBES = /^GET (Health|Metrics)Controller\./;

describe('every route of the application', () => {
  let database: TestDatabase;
  let app: NestExpressApplication;
  let dataDir: string;
  let routes: DeclaredRoute[];

  beforeAll(async () => {
    ({ database } = await anInstalledDatabase());
    dataDir = mkdtempSync(join(tmpdir(), 'f1-routes-'));
    const config = Object.assign(new Config(), {
      NODE_ENV: 'test',
      ROLE: 'api',
      LOG_LEVEL: 'silent',
      F1_DATA_DIR: dataDir,
    });
    app = await createApplication(config, { api: database.appUrl, worker: database.appUrl });
    await app.init();
    routes = app.get(RoutePolicyCheck, { strict: false }).routes();
  });

  afterAll(async () => {
    await app?.close();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('names its place in the policy, where at least one role may use it', () => {
    expect(routes.length).toBeGreaterThan(25);
    const unusable = routes.filter(
      ({ permission }) =>
        permission === undefined ||
        (permission !== 'public' && rolesWhoMay(permission.action, permission.subject).length === 0),
    );
    expect(unusable).toEqual([]);
  });

  it('says in a sentence what it is for, in the OpenAPI document', () => {
    expect(routes.filter(({ summary, name }) => summary === undefined && !PROBES.test(name))).toEqual([]);
  });

  it('is public only for health, metrics and signing in', () => {
    const open = routes.filter(({ permission }) => permission === 'public').map(({ name }) => name);
    expect(open.sort()).toEqual([
      'GET HealthController.live (health/live)',
      'GET HealthController.ready (health/ready)',
      'GET MetricsController.metrics (metrics)',
      'POST SessionController.createToken (tokens)',
      'POST SessionController.signIn (session)',
    ]);
  });
});
