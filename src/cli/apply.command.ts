import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { asOwner } from '../platform/database/owner.js';
import { InvalidInput } from '../platform/http/problem.js';
import { validated } from '../platform/http/validation.js';
import { type Applied, applySettings } from '../settings/apply-settings.js';
import { confirmOrAsk, type Waiting } from '../settings/second-operator.js';
import { Settings } from '../settings/settings.dto.js';
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
      'your account, with the role operator: needed where the file changes where data leaves, and applied once a second one asks for the same; asks for its password',
    )
    .option('--json', 'one line of JSON')
    .action((file: string, { as, json }: Options) =>
      withInstallation(async ({ config, ownerUrl }) => {
        const settings = await readSettings(file);
        const production = config.NODE_ENV === 'production';
        const done = await asOwner(ownerUrl(), (owner) => applyByTwo(owner, settings, { as, production }));
        answer({ ok: true, ...done }, json, () => (done.outcome === 'asked' ? sayAsked(done) : sayApplied(done)));
      }),
    );

type Done = (Applied & { readonly outcome: 'applied' }) | (Waiting & { readonly changes: readonly Change[] });

/** All of it or nothing; what a second operator must confirm is tried out before it is asked. */
async function applyByTwo(
  owner: pg.Client,
  settings: Settings,
  { as, production }: { readonly as: string | undefined; readonly production: boolean },
): Promise<Done> {
  await owner.query(`SELECT pg_advisory_xact_lock(hashtext('f1 apply'))`);
  const changes = (await inUse(owner)) ? await whereDataLeaves(owner, settings) : [];
  const operator = changes.length === 0 || as === undefined ? undefined : await confirmedOperator(owner, as);
  const step = operator && (await confirmOrAsk(owner, changes, operator.id));
  await owner.query('SAVEPOINT tried');
  const applied = await applySettings(owner, settings, { production });
  if (changes.length > 0 && !step) throw new Told(needsTwo(changes));
  if (step?.outcome !== 'asked') return { outcome: 'applied', ...applied };
  await owner.query('ROLLBACK TO SAVEPOINT tried');
  return { ...step, changes };
}

const lineOf = ({ what, from, to }: Change): string =>
  `  - ${what}: ${from === null ? 'new' : JSON.stringify(from)} -> ${JSON.stringify(to)}`;

const needsTwo = (changes: readonly Change[]): string =>
  [
    'This file changes where data leaves, and two operators must want the same:',
    ...changes.map(lineOf),
    'Nothing was applied. Run it with --as and your account; then another operator does. Without two accounts with the role operator, apply a file that adds one first.',
  ].join('\n');

const sayAsked = ({ validUntil, changes }: Extract<Done, Waiting>): string[] => [
  `Asked. Nothing is applied until another operator applies the same file, by ${validUntil}:`,
  ...changes.map(lineOf),
];

const sayApplied = (applied: Applied): string[] => [
  `${applied.authorities} authorities, ${applied.competences} new competence rules, ${applied.deadlines} new deadline rules`,
  ...applied.accounts.map(({ username, password }) => `new account ${username}, first password ${password}`),
  ...applied.unitsWithoutLead.map(
    (unit) =>
      `the unit ${unit} has no lead: name one under "units", so that its deadlines always have somebody to tell`,
  ),
];

async function readSettings(file: string): Promise<Settings> {
  let body: unknown;
  try {
    body = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Told(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  try {
    return await validated(Settings, body);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Told(
      `${file} cannot be applied:\n${error.errors.map(({ pointer, detail }) => `  - ${pointer}: ${detail}`).join('\n')}`,
    );
  }
}
