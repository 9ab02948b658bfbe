import { Command } from 'commander';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Change } from '../domain/questionnaire/diff/change.js';
import { diff } from '../domain/questionnaire/diff/diff.js';
import type { Plan } from '../domain/questionnaire/plan.js';
import { projectFolder } from '../project-folder.js';
import { PacksRefused, readPackFolder, readQuestionnaireFile } from '../questionnaires/pack-files.js';
import { packFoldersIn } from '../questionnaires/scenario-files.js';
import { answer } from './installation-in-use.js';
import { Told } from './told.js';

/** `f1 questionnaires diff`: what differs between two versions, by meaning; no database is needed. */
export const diffCommand = (): Command =>
  new Command('diff')
    .description('Say what differs between two versions of a questionnaire, by meaning')
    .argument('<before>', 'a questionnaire file, or id@version of one in questionnaires/ (RW-exclusion@1)')
    .argument('<after>', 'the same for the later version')
    .option('--json', 'one line of JSON')
    .action((before: string, after: string, { json }: { json?: boolean }) => {
      const library = join(projectFolder(), 'questionnaires');
      const [one, other] = [planAt(before, library), planAt(after, library)];
      const changes = diff(one, other);
      const breaking = changes.filter((change) => change.breaking).length;
      const about = ({ id, version, hash }: Plan) => ({ id, version, hash });
      answer({ ok: true, before: about(one), after: about(other), breaking, changes }, json, () =>
        linesOf(one, other, changes),
      );
    });

function planAt(target: string, library: string): Plan {
  const path = [resolve(target), join(library, target)].find((one) => existsSync(one) && statSync(one).isFile());
  if (path !== undefined) return readQuestionnaireFile(path, library);
  const [id, version] = target.split('@');
  const found = packFoldersIn(library)
    .flatMap((folder) => plansIn(folder, library))
    .filter((plan) => plan.id === id && (version === undefined || String(plan.version) === version))
    .sort((a, b) => b.version - a.version)[0];
  if (found) return found;
  throw new Told(
    `There is no questionnaire "${target}": name a file of a pack's folder, or id@version as "f1 questionnaires check" lists them.`,
  );
}

/** A pack that is being written must not keep two versions of another from being compared. */
function plansIn(folder: string, library: string): readonly Plan[] {
  try {
    return readPackFolder(folder, library).plans;
  } catch (error) {
    if (error instanceof PacksRefused) return [];
    throw error;
  }
}

function linesOf(before: Plan, after: Plan, changes: readonly Change[]): string[] {
  const title = `${before.id} v${before.version} -> ${after.id} v${after.version}`;
  if (changes.length === 0) return [`${title}: nothing differs in meaning.`];
  const group = (heading: string, some: readonly Change[]) =>
    some.length === 0 ? [] : [`${heading}:`, ...some.map(({ sentence }) => `  - ${sentence}`)];
  return [
    title,
    ...group(
      'Breaking: a running interview needs a mapping',
      changes.filter(({ breaking }) => breaking),
    ),
    ...group(
      'Not breaking',
      changes.filter(({ breaking }) => !breaking),
    ),
  ];
}
