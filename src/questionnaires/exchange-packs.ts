import type pg from 'pg';
import type { SourceFile } from '../domain/questionnaire/plan.js';
import { DomainError } from '../platform/database/errors.js';
import { type DraftFiles, identityOf, isScenario } from './draft-files.js';
import type { PackContent } from './pack-bundle.js';
import { compileDraft } from './proof.js';
import { beginDraft, findLife, timeOf } from './released-life.js';
import { type Rows, takenNames } from './settled-names.js';

/**
 * What is in use of a pack here: the newest published version of each of its questionnaires. `beside` holds what a release keeps
 * in the folder of the pack and not in the database: pack file, scenarios. Throws `notFound` when nothing is published.
 */
export async function packInUse(
  owner: pg.Client,
  pack: string,
  exportedBy: string,
  beside: readonly SourceFile[],
): Promise<PackContent> {
  const { rows } = await owner.query<{ code: string; number: number; hash: string; body: DraftFiles }>(
    `SELECT DISTINCT ON (v.code) v.code, v.number, v.hash, coalesce(v.body, q.body) AS body
     FROM questionnaire_version v JOIN questionnaire q ON q.hash = v.hash
     WHERE v.pack = $1 AND v.stage = 'published' ORDER BY v.code, v.number DESC`,
    [pack],
  );
  if (rows.length === 0) {
    const known = await owner.query<{ pack: string }>(
      `SELECT DISTINCT pack FROM questionnaire_version WHERE stage = 'published' ORDER BY pack`,
    );
    const names = known.rows.map((row) => row.pack).join(', ');
    throw new DomainError('notFound', `No questionnaire of a pack "${pack}" is published here. There are: ${names}.`);
  }
  const questionnaires = rows.map(({ code, number, hash, body }) => ({
    code,
    version: number,
    hash,
    files: withBeside(code, body.files, beside),
  }));
  return { pack, exportedBy, exportedAt: (await timeOf(owner)).toISOString(), questionnaires };
}

function withBeside(code: string, files: readonly SourceFile[], beside: readonly SourceFile[]): SourceFile[] {
  const there = new Set(files.map(({ file }) => file));
  const useful = beside.filter(
    ({ file, content }) =>
      !there.has(file) && (!isScenario(file) || (content as { questionnaire?: unknown }).questionnaire === code),
  );
  return [...files, ...useful];
}

export interface Imported {
  readonly id: string;
  readonly code: string;
  readonly version: number;
}

/** Every questionnaire as a draft that nobody here has approved; all of them or none. Throws `conflict`, saying why. */
export async function importPack(owner: pg.Client, { questionnaires }: PackContent): Promise<Imported[]> {
  const imported: Imported[] = [];
  const rows: Rows = async <T extends object>(text: string, values: unknown[]) =>
    (await owner.query<T>(text, values)).rows;
  for (const { code, version, hash, files } of questionnaires) {
    const refused = (why: string) => new DomainError('conflict', `${code} version ${version} is not imported: ${why}`);
    const life = await findLife(owner, code, version);
    if (life)
      throw refused(
        `there is a version ${version} of it here already (${life.stage}, questionnaire ${life.id}). Discard that draft, or ask for a higher version.`,
      );
    const { pack, countries } = identityOf({ files });
    const { plan, problems } = compileDraft({ files });
    if (!plan)
      throw refused(
        `it does not compile here: ${problems.map(({ file, pointer, message }) => `${file}#${pointer}: ${message}`).join('; ')}`,
      );
    if (plan.id !== code || plan.version !== version)
      throw refused(`its files are those of ${plan.id} version ${plan.version}. Ask the sender to export it anew.`);
    if (plan.hash !== hash) throw refused('its files do not compile to the hash that was signed.');
    const taken = await takenNames(rows, { code, pack }, { files });
    if (taken.length > 0)
      throw refused(`it uses names that mean something else here. ${taken.map(({ detail }) => detail).join('; ')}.`);
    imported.push({ id: await beginDraft(owner, { pack, countries, plan }, files), code, version });
  }
  return imported;
}
