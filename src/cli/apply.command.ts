import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { asOwner } from '../platform/database/owner.js';
import { InvalidInput } from '../platform/http/problem.js';
import { validated } from '../platform/http/validation.js';
import { applySettings } from '../settings/apply-settings.js';
import { Settings } from '../settings/settings.dto.js';
import { answer, withInstallation } from './installation-in-use.js';
import { Told } from './told.js';

export const applyCommand = (): Command =>
  new Command('apply')
    .description('Apply a settings file: authorities, competence rules with their legal basis, deadlines, accounts')
    .argument('<file>', 'JSON; docs/guides/installation.md shows one')
    .option('--json', 'one line of JSON')
    .action((file: string, { json }: { json?: boolean }) =>
      withInstallation(async ({ config, ownerUrl }) => {
        const settings = await readSettings(file);
        const applied = await asOwner(ownerUrl(), (owner) =>
          applySettings(owner, settings, { production: config.NODE_ENV === 'production' }),
        );
        answer({ ok: true, ...applied }, json, () => [
          `${applied.authorities} authorities, ${applied.competences} new competence rules, ${applied.deadlines} new deadline rules`,
          ...applied.accounts.map(({ username, password }) => `new account ${username}, first password ${password}`),
          ...applied.unitsWithoutLead.map(
            (unit) =>
              `the unit ${unit} has no lead: name one under "units", so that its deadlines always have somebody to tell`,
          ),
        ]);
      }),
    );

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
