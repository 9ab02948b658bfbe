import type pg from 'pg';
import type { QuestionnaireFile } from '../domain/questionnaire/format.js';
import type { Plan, SourceFile } from '../domain/questionnaire/plan.js';
import { canonical } from '../platform/database/sealing.js';
import type { CompiledPack } from './pack-files.js';
import { beginDraft, beginPublished, findLife, timeOf } from './released-life.js';

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

/** An author's draft has the number that a release wants to publish. */
export class VersionNumberTaken extends Error {
  constructor(code: string, version: number, { id, stage }: { id: string; stage: string }) {
    super(
      `The release brings ${code} version ${version}, but that number is in use here (${stage}, questionnaire ${id}). ` +
        'Have its authors discard it or give it a higher version, then run this again.',
    );
    this.name = 'VersionNumberTaken';
  }
}

/** Whether a version, by its hash, may be published because the release brings it. */
export type InRelease = (hash: string) => boolean;

/**
 * Adds the versions that the database does not hold yet: published when `inRelease` says so, else as drafts that two authors
 * carry on. A second call changes nothing, and nothing is ever taken out. Returns how many were published, and which wait.
 */
export async function publishQuestionnaires(
  owner: pg.Client,
  packs: readonly CompiledPack[],
  inRelease: InRelease = () => true,
): Promise<{ published: number; drafts: string[] }> {
  const done = { published: 0, drafts: [] as string[] };
  for (const compiled of packs) {
    for (const plan of compiled.plans) {
      const outcome = await bring(owner, compiled, plan, inRelease(plan.hash));
      if (outcome === 'published') done.published += 1;
      if (outcome === 'draft') done.drafts.push(`${plan.id} version ${plan.version}`);
    }
  }
  return done;
}

async function bring(
  owner: pg.Client,
  { pack }: CompiledPack,
  plan: Plan,
  inRelease: boolean,
): Promise<'published' | 'draft' | 'known'> {
  const { id, version, hash, files } = plan;
  const countries = [...pack.countries].sort();
  const { rows } = await owner.query<Published & { published_at: Date }>(
    'SELECT hash, pack, countries, body, published_at FROM questionnaire WHERE code = $1 AND version = $2',
    [id, version],
  );
  const [known] = rows;
  const life = await findLife(owner, id, version);
  const brought = { pack: pack.pack, countries, plan };
  if (known) {
    const what = difference(known, { hash, pack: pack.pack, countries, body: { files } });
    if (what !== undefined) throw new PublishedQuestionnaireChanged(id, version, what);
    if (!life) await beginPublished(owner, brought, known.published_at);
    return 'known';
  }
  if (life && inRelease) throw new VersionNumberTaken(id, version, life);
  if (life) return 'known';
  if (!inRelease) {
    await beginDraft(owner, brought, [...files, { file: `${pack.pack}/pack.json`, content: pack }]);
    return 'draft';
  }
  const { title } = files[0]?.content as QuestionnaireFile;
  const at = await timeOf(owner);
  await owner.query(
    `INSERT INTO questionnaire (hash, pack, code, version, purpose, countries, title, body, status, published_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'published', $9)`,
    [hash, pack.pack, id, version, plan.purpose, countries, canonical(title), canonical({ files }), at],
  );
  await beginPublished(owner, brought, at);
  return 'published';
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
