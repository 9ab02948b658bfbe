import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import { randomUUID } from 'node:crypto';
import { symbols } from 'pino';
import { Allows, permissionOf } from '../../src/identity/allows.decorator.js';
import { RoutePolicyCheck } from '../../src/identity/route-policy.check.js';
import { ATTEMPTS, type Attempt, NOBODYS } from '../factories/foreign-requests.js';
import { aPlantedFile, PLANTED, planted, type PlantedFile } from '../factories/planted-file.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';

/** The walk is long, and other tests run beside it. */
const WALK_MS = 300_000;
const ON_THE_FILE = ['caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker'] as const;

/** Takes every controller's check away: each route then asks only for somebody who is signed in. Answers how to put them back. */
function allowEverything(application: TestApplication): () => void {
  const taken: (() => void)[] = [];
  const [discovery, scanner, reflector] = [DiscoveryService, MetadataScanner, Reflector].map((type) =>
    application.app.get(type as never, { strict: false }),
  ) as unknown as [DiscoveryService, MetadataScanner, Reflector];
  for (const { instance, metatype } of discovery.getControllers()) {
    if (!instance || !metatype) continue;
    const prototype = Object.getPrototypeOf(instance) as object;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const handler = Object.getOwnPropertyDescriptor(prototype, method);
      if (!handler || Reflect.getMetadata(METHOD_METADATA, handler.value as object) === undefined) continue;
      const permission = permissionOf(reflector, [handler.value as () => unknown, metatype as () => unknown]);
      if (permission === 'public' || permission === undefined) continue;
      Allows('use', 'OwnAccount')(prototype, method, handler);
      taken.push(() => Allows(permission.action, permission.subject)(prototype, method, handler));
    }
  }
  return () => taken.forEach((putBack) => putBack());
}

/** Hands out each line of the log, down to the least. A process has one log, whatever applications it has had. Answers how to stop. */
function logged(take: (line: string) => void): () => void {
  const log = PinoLogger.root as typeof PinoLogger.root & { [symbols.streamSym]: { write(line: string): void } };
  const { level, [symbols.streamSym]: stream } = log;
  Object.assign(log, { level: 'debug', [symbols.streamSym]: { write: take } });
  return () => Object.assign(log, { level, [symbols.streamSym]: stream });
}

describe('without any check in a controller, row-level security', () => {
  let application: TestApplication;
  let file: PlantedFile;
  let written = '';
  let leaveLogAlone: (() => void) | undefined;
  let putChecksBack: (() => void) | undefined;
  /** Who must see nothing of the file: by username. */
  let strangers: Map<string, Person>;

  beforeAll(async () => {
    application = await anApplication();
    leaveLogAlone = logged((line) => (written += line));
    file = await aPlantedFile(application);
    const north = await application.withAccount('north', {
      roles: ON_THE_FILE,
      unit: 'north',
      certificates: ['interview1F', 'review1F', 'decide1F'],
    });
    const names = ['officer-north', 'author', 'auditor', 'operator', 'prosecutor', 'war-crimes'];
    const people = await Promise.all(names.map((name) => application.as(name)));
    strangers = new Map([north, ...people].map((person) => [person.username, person]));
    putChecksBack = allowEverything(application);
  }, WALK_MS);
  afterAll(async () => {
    putChecksBack?.();
    await application?.close();
    leaveLogAlone?.();
  });

  const routes = (): string[] =>
    application.app
      .get(RoutePolicyCheck, { strict: false })
      .routes()
      .filter(({ permission }) => permission !== 'public')
      .map(({ name }) => name.replace(/ \S+ \((.*)\)$/, ' $1'));

  /** Sends it as this stranger, with the ids of the file in its path. */
  const send = (who: Person, route: string, attempt: Attempt): Promise<Answer> => {
    const [method, pattern] = route.split(' ') as [string, string];
    const path = pattern.replace(/:(\w+)/g, (_, name: string) => attempt.ids(file, who.username)[name] ?? randomUUID());
    const asking = attempt.asking?.(file) ?? {};
    return who.ask(method, `/api/${path}${attempt.query ?? ''}`, asking);
  };
  const revealed = (text: string): string[] => Object.values(PLANTED).filter((word) => text.includes(word));

  it('has an expectation for every route', () => {
    expect(routes().sort()).toEqual([...Object.keys(ATTEMPTS), ...NOBODYS].sort());
  });

  it('is asked about rows that there are', () => {
    const ids = (attempt: Attempt) => Object.keys(attempt.ids(file, 'war-crimes'));
    const invented = Object.entries(ATTEMPTS).filter(([route, attempt]) =>
      [...route.matchAll(/:(\w+)/g)].some(([, name]) => !ids(attempt).includes(name!)),
    );
    expect(invented.map(([route]) => route)).toEqual([]);
  });

  it('is alone: the check that refused was taken away', async () => {
    const operator = strangers.get('operator')!;
    expect((await operator.get('/api/cases')).body).toEqual({ items: [], next: null });
  });

  it('is asked with requests that the people on the file could send', async () => {
    const officer = await application.as('officer');
    expect((await officer.get(`/api/cases/${file.caseId}`)).text).toContain(PLANTED.familyName);
  });

  it('is asked about what waits for a second person, and the people on the file find it so', async () => {
    const decider = await application.as('decider');
    const { letter, closing } = file;
    const asked = (path: string) => decider.get(`/api/${path}`).then(({ body }) => body);
    const opened = { items: [{ id: file.reconsiderationId, outcome: null }] };
    expect(await asked(`referrals/${letter.referralId}/letters`)).toMatchObject({
      items: [{ id: letter.letterId, outcome: null }],
    });
    expect(await asked(`referrals/${closing.referralId}/closings`)).toMatchObject({
      closing: { id: closing.closingId, confirmedBy: null },
    });
    expect(await asked(`cases/${file.caseId}/reconsiderations`)).toMatchObject(opened);
    const proposals = [{ id: file.proposalId, decision: null }];
    expect(await asked(`person-requests/${file.personRequestId}`)).toMatchObject({ proposals });
  });

  /** What this route tells these people that it should not. */
  const toldTo = async (people: Iterable<Person>, route: string, attempt: Attempt): Promise<object[]> => {
    const told: object[] = [];
    for (const person of people) {
      const { status, text, body } = await send(person, route, attempt);
      const answer = { username: person.username, status, revealed: revealed(text), items: body?.items ?? [] };
      const fine = [403, 404, ...(attempt.empty ? [200] : []), ...(attempt.refusedByTheDatabase ? [500] : [])];
      if (!fine.includes(status) || answer.revealed.length > 0 || answer.items.length > 0) told.push(answer);
    }
    return told;
  };
  const recipients = () => ['prosecutor', 'war-crimes'].map((name) => strangers.get(name)!);

  it.each(Object.entries(ATTEMPTS))(
    'shows and does nothing to whom the file is foreign: %s',
    async (route, attempt) => {
      const before = await application.counts();
      const meant = [...(attempt.meantFor ?? []), ...(attempt.underGrant ? ['prosecutor', 'war-crimes'] : [])];
      const foreign = [...strangers.values()].filter(({ username }) => !meant.includes(username));
      expect(await toldTo(foreign, route, attempt)).toEqual([]);
      expect(await application.counts()).toEqual(before);
    },
  );

  it('shows a recipient the documents of a package until the grant is revoked, and not a moment longer', async () => {
    const underGrant = Object.entries(ATTEMPTS).filter(([, attempt]) => attempt.underGrant);
    for (const [route, attempt] of underGrant) expect(await toldTo(recipients(), route, attempt)).toHaveLength(2);
    const legal = await application.as('legal');
    for (const { id, grantId } of Object.values(file.referrals)) {
      const revoked = await legal.post(`/api/referrals/${id}/grants/${grantId}/revoke`, {
        reason: 'The test is over.',
      });
      expect(revoked.status).toBe(200);
    }
    for (const [route, attempt] of underGrant) expect(await toldTo(recipients(), route, attempt)).toEqual([]);
  });

  it('shows who answers searches for another unit what was asked, and not what is proposed from this file', async () => {
    const north = strangers.get('north')!;
    const path = `/api/person-requests/${file.personRequestId}`;
    const legal = await application.as('legal');
    expect((await legal.get(path)).body.proposals).toMatchObject([{ id: file.proposalId, caseId: file.caseId }]);
    const seen = await north.get(path);
    expect([seen.status, seen.body.proposals]).toEqual([200, []]);
    expect(seen.text).not.toContain(planted('a proposal'));
    const before = await application.counts();
    const refused = { outcome: 'refused', refusal: 'notDisclosed', reasons: 'Nothing here.' };
    expect(await north.post(`${path}/proposals`, refused)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await application.counts()).toEqual(before);
  });

  it('and everything above left nothing of it in the log', () => {
    expect(written).toContain('"route"');
    expect(revealed(written)).toEqual([]);
  });
});
