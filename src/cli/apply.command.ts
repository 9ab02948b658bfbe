import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type pg from 'pg';
import { recordOperatorAct } from '../audit/operator-act.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { PublicHolidays } from '../deadlines/public-holidays.js';
import type { Config } from '../platform/config/config.js';
import { recordingSettings, SETTINGS } from '../audit/settings-record.js';
import { timeInWords } from '../domain/referral/time-in-words.js';
import { asOwner } from '../platform/database/owner.js';
import { sha256 } from '../platform/database/sealing.js';
import { InvalidInput } from '../platform/http/problem.js';
import { validated } from '../platform/http/validation.js';
import { countByCalendar } from '../settings/barred-clocks.js';
import { type Applied, applySettings } from '../settings/apply-settings.js';
import { confirmOrAsk, type Waiting } from '../settings/second-operator.js';
import { Settings } from '../settings/settings.dto.js';
import { whatLoosens } from '../settings/what-loosens.js';
import { type Change, inUse, whereDataLeaves } from '../settings/where-data-leaves.js';
import { confirmedOperator } from './confirming-account.js';
import { answer, withInstallation } from './installation-in-use.js';
import { Told } from './told.js';

interface Options {
  readonly as?: string;
  readonly json?: boolean;
}

export const applyCommand = (): Command =>
  new Command('apply')
    .description('Apply a settings file: authorities, competence rules with their legal basis, deadlines, accounts')
    .argument('<file>', 'JSON; docs/guides/installation.md shows one')
    .option(
      '--as <username>',
      'your account, with the role operator: needed where the file changes where data leaves or what watches over it, and applied once a second one asks for the same; asks for its password',
    )
    .option('--json', 'one line of JSON')
    .action((file: string, { as, json }: Options) =>
      withInstallation(async ({ config, ownerUrl }) => {
        const read = await readSettings(file);
        const done = await asOwner(ownerUrl(), (owner) => applyRecorded(owner, read, { as, config }));
        answer({ ok: true, ...done }, json, () =>
          done.outcome === 'asked' ? sayAsked(done, config.F1_TIME_ZONE) : sayApplied(done),
        );
      }),
    );

type Done = (Applied & { readonly outcome: 'applied' }) | (Waiting & { readonly changes: readonly Change[] });

interface Read {
  readonly settings: Settings;
  /** Of the file, hex. */
  readonly sha256: string;
}

interface How {
  readonly as: string | undefined;
  readonly config: Config;
}

/** Whatever is applied or asked stands in the access log: by whom, which file, and what it changed. */
async function applyRecorded(owner: pg.Client, { settings, sha256: file }: Read, how: How): Promise<Done> {
  const operator = how.as === undefined ? undefined : await confirmedOperator(owner, how.as);
  const actorId = operator?.id ?? null;
  const by = { file, login: systemLogin() };
  const done = await recordingSettings(
    owner,
    () => applyByTwo(owner, settings, { operator, config: how.config }),
    ({ outcome }) => (outcome === 'asked' ? undefined : { actorId, action: 'apply Settings', detail: by }),
  );
  if (done.outcome === 'asked') {
    const detail = { ...by, changes: done.changes.length, validUntil: done.validUntil };
    await recordOperatorAct(owner, { actorId, action: 'ask Settings', resource: SETTINGS, detail });
  }
  return done;
}

/** Who runs the command, as the system has it: all there is where no account was asked. */
function systemLogin(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // no name in a container
  }
}

/** All of it or nothing; what a second operator must confirm is tried out before it is asked. */
async function applyByTwo(
  owner: pg.Client,
  settings: Settings,
  { operator, config }: { readonly operator: { id: string } | undefined; readonly config: Config },
): Promise<Done> {
  const used = await inUse(owner);
  const changes = used ? [...(await whereDataLeaves(owner, settings)), ...(await whatLoosens(owner, settings))] : [];
  const step = changes.length === 0 ? undefined : operator && (await confirmOrAsk(owner, changes, operator.id));
  await owner.query('SAVEPOINT tried');
  const applied = await applySettings(owner, settings, { production: config.NODE_ENV === 'production' });
  await countByCalendar(owner, new DeadlinesService(config, new PublicHolidays(config)));
  if (changes.length > 0 && !step) throw new Told(needsTwo(changes));
  if (step?.outcome !== 'asked') return { outcome: 'applied', ...applied };
  await owner.query('ROLLBACK TO SAVEPOINT tried');
  return { ...step, changes };
}

const lineOf = ({ what, from, to }: Change): string =>
  `  - ${what}: ${from === null ? 'new' : JSON.stringify(from)} -> ${JSON.stringify(to)}`;

const needsTwo = (changes: readonly Change[]): string =>
  [
    'This file changes where data leaves, or what watches over it, and two operators must want the same:',
    ...changes.map(lineOf),
    'Nothing was applied. Run it with --as and your account; then another operator does. Without two accounts with the role operator, apply a file that adds one first.',
  ].join('\n');

const sayAsked = ({ validUntil, changes }: Extract<Done, Waiting>, zone: string): string[] => [
  `Asked. Nothing is applied until another operator applies the same file, by ${timeInWords(Date.parse(validUntil), zone)}:`,
  ...changes.map(lineOf),
];

const sayApplied = (applied: Applied): string[] => [
  `${applied.authorities} authorities, ${applied.competences} new competence rules, ${applied.deadlines} new deadline rules, ${applied.legal} new figures of law`,
  ...applied.accounts.map(({ username, password }) => `new account ${username}, first password ${password}`),
  ...applied.unitsWithoutLead.map(
    (unit) =>
      `the unit ${unit} has no lead: name one under "units", so that its deadlines always have somebody to tell`,
  ),
];

async function readSettings(file: string): Promise<Read> {
  let body: unknown;
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
    body = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Told(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  try {
    return { settings: await validated(Settings, body), sha256: sha256(bytes).toString('hex') };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Told(
      `${file} cannot be applied:\n${error.errors.map(({ pointer, detail }) => `  - ${pointer}: ${detail}`).join('\n')}`,
    );
  }
}
