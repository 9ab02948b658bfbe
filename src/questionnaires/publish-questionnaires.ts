import type pg from 'pg';
import type { QuestionnaireFile } from '../domain/questionnaire/format.js';
import type { Plan, SourceFile } from '../domain/questionnaire/plan.js';
import { canonical } from '../platform/database/sealing.js';
import type { CompiledPack } from './pack-files.js';

/** The column `body`: all that a plan was compiled from, so that an interview needs no file on disk ever after. */
export interface QuestionnaireBody {
  readonly files: readonly SourceFile[];
}

/** Interviews are pinned to what was published: whatever would change it, or whom it serves, needs a new version. */
export class PublishedQuestionnaireChanged extends Error {
  constructor(code: string, version: number, what: string) {
    super(
      `${code} version ${version} is published, and ${what} now. Restore that, and put the change into version ${version + 1}: ` +
        `a new file with "version": ${version + 1} (and of each module it changes), named in its pack.json.`,
    );
    this.name = 'PublishedQuestionnaireChanged';
  }
}

/** Adds the versions that the database does not hold yet; a second call changes nothing, and nothing is ever taken out. */
export async function publishQuestionnaires(owner: pg.Client, packs: readonly CompiledPack[]): Promise<number> {
  let added = 0;
  for (const { pack, plans } of packs) {
    for (const plan of plans) if (await publish(owner, pack.pack, [...pack.countries].sort(), plan)) added += 1;
  }
  return added;
}

async function publish(owner: pg.Client, pack: string, countries: readonly string[], plan: Plan): Promise<boolean> {
  const { id, version, purpose, hash, files } = plan;
  const found = await owner.query<Published>(
    'SELECT hash, pack, countries, body FROM questionnaire WHERE code = $1 AND version = $2',
    [id, version],
  );
  const known = found.rows[0];
  if (known) {
    const what = difference(known, { hash, pack, countries, body: { files } });
    if (what !== undefined) throw new PublishedQuestionnaireChanged(id, version, what);
    return false;
  }
  const { title } = files[0]?.content as QuestionnaireFile;
  await owner.query(
    `INSERT INTO questionnaire (hash, pack, code, version, purpose, countries, title, body, status, published_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'published', f1_now())`,
    [hash, pack, id, version, purpose, countries, canonical(title), canonical({ files } satisfies QuestionnaireBody)],
  );
  return true;
}

interface Published {
  readonly hash: string;
  readonly pack: string;
  readonly countries: readonly string[];
  readonly body: QuestionnaireBody;
}

function difference(known: Published, now: Published): string | undefined {
  if (known.hash !== now.hash) {
    const before = new Map(known.body.files.map(({ file, content }) => [file, canonical(content)]));
    const changed = now.body.files.filter(({ file, content }) => before.get(file) !== canonical(content));
    const gone = [...before.keys()].filter((file) => !now.body.files.some((one) => one.file === file));
    const names = [...changed.map(({ file }) => file), ...gone].map((file) => `questionnaires/${file}`);
    return `${names.join(', ') || 'the order of its files'} ${names.length > 1 ? 'differ' : 'differs'}`;
  }
  if (known.pack !== now.pack) return `it stands in the pack ${now.pack} instead of ${known.pack}`;
  if (canonical(known.countries) !== canonical(now.countries))
    return `its pack serves ${now.countries.join(', ') || 'no country'} instead of ${known.countries.join(', ') || 'none'}`;
  return undefined;
}
