import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeadlinesService } from '../../src/deadlines/deadlines.service.js';
import { PublicHolidays } from '../../src/deadlines/public-holidays.js';
import { Config } from '../../src/platform/config/config.js';
import { Database, type Tx } from '../../src/platform/database/database.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { applySettings } from '../../src/settings/apply-settings.js';
import { anApplication, type TestApplication } from '../support/application.js';

const HOUR = 3_600_000;
const HOUSE = 'house rule';

describe('a rule that says how long there is', () => {
  let application: TestApplication;
  let service: DeadlinesService;
  let steady = 0;

  beforeAll(async () => {
    application = await anApplication();
    const config = Object.assign(new Config(), { F1_TIME_ZONE: 'Europe/Brussels' });
    service = new DeadlinesService(config, new PublicHolidays(config));
    service.steady = () => steady;
  });
  afterAll(() => application.close());

  const rule = (kind: string, validFrom: string, amount: number, source = HOUSE) => ({
    ...{ kind, validFrom, amount, source },
    unit: 'hours' as const,
  });
  const apply = (...deadlines: ReturnType<typeof rule>[]) =>
    asOwner(application.database.ownerUrl, (owner) =>
      applySettings(
        owner,
        { authorities: [], competences: [], deadlines, accounts: [], legal: [], units: [] },
        { production: false },
      ),
    );
  /** Hours from this instant to the end of a clock that starts then. */
  const hoursFrom = (instant: string, kind: string): Promise<number> =>
    application.app.get(Database).inWorkerTx(async (tx) => {
      const then = Object.create(tx, { now: { value: new Date(instant) } }) as Tx;
      const { dueAt } = await service.dueInTx(then, kind);
      return (dueAt.getTime() - Date.parse(instant)) / HOUR;
    });

  it('is in force from the beginning of its day where the authority works', async () => {
    await apply(rule('invented', '2026-11-01', 10), rule('invented', '2026-11-23', 20));
    expect(await hoursFrom('2026-11-22T22:59:00Z', 'invented')).toBe(10);
    expect(await hoursFrom('2026-11-22T23:01:00Z', 'invented')).toBe(20);
  });

  it('that is added for today is followed by a process that runs, within a minute', async () => {
    const today = '2026-12-01T12:00:00Z';
    expect(await hoursFrom(today, 'invented')).toBe(20);
    expect(await apply(rule('invented', '2026-12-01', 30))).toMatchObject({ deadlines: 1 });
    steady += 60_000;
    expect(await hoursFrom(today, 'invented')).toBe(30);
  });

  it('is not changed under what ran by it, which is said with what to do instead', async () => {
    const known = rule('invented', '2026-12-01', 30);
    expect(await apply(known)).toMatchObject({ deadlines: 0 });
    for (const other of [rule('invented', '2026-12-01', 31), rule('invented', '2026-12-01', 30, 'another law')])
      await expect(apply(other)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/invented has a rule of 2026-12-01 .*\(validFrom\)/),
      });
    expect(await apply(rule('invented', '2026-12-02', 31))).toMatchObject({ deadlines: 1 });
  });
});
