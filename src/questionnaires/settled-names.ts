import { kindOf } from '../domain/questionnaire/schema-check.js';
import type { SourceFile } from '../domain/questionnaire/plan.js';
import { canonical } from '../platform/database/sealing.js';
import type { DraftFiles, DraftIdentity } from './draft-files.js';

/** Reads rows of this database, as whoever asks. */
export type Rows = <T extends object>(text: string, values: unknown[]) => Promise<T[]>;

export interface NameTaken {
  /** Into the draft's files. */
  readonly pointer: string;
  readonly detail: string;
}

/**
 * A published name keeps its meaning: a questionnaire stays in its pack, and a module is what was published under its name, as
 * other packs are given it by that name. Answers what of a draft does not keep to it.
 */
export async function takenNames(
  rows: Rows,
  { code, pack }: Pick<DraftIdentity, 'code' | 'pack'>,
  { files }: DraftFiles,
): Promise<NameTaken[]> {
  const own = files.findIndex(({ content }) => kindOf(content) === 'questionnaire');
  const [other] = await rows<{ pack: string }>(OTHER_PACK, [code, pack]);
  const taken = other
    ? [
        {
          pointer: `/files/${own}/content/id`,
          detail: `${code} is a questionnaire of the pack ${other.pack}; take an id that no other pack has, such as ${pack}-${code}`,
        },
      ]
    : [];
  const modules = files.flatMap(({ content, file }, index) =>
    kindOf(content) === 'module' ? [{ content, file, index }] : [],
  );
  if (modules.length === 0) return taken;
  const published = await rows<SourceFile>(PUBLISHED_CONTENTS, [modules.map(({ file }) => file)]);
  for (const { file, content, index } of modules) {
    const known = published.filter((one) => one.file === file).map((one) => canonical(one.content));
    if (known.length > 0 && !known.includes(canonical(content)))
      taken.push({
        pointer: `/files/${index}/content`,
        detail: `${file} is published with other content, and what is published never changes: leave it out to take that, or send yours as a higher version under a new name`,
      });
  }
  return taken;
}

/** The other pack under which questionnaires of this code were published. */
const OTHER_PACK = `
  SELECT pack FROM questionnaire_version WHERE code = $1 AND pack <> $2 AND published_at IS NOT NULL LIMIT 1`;

/** Everything that was ever published under these names of files. */
const PUBLISHED_CONTENTS = `
  SELECT DISTINCT f->>'file' AS file, f->'content' AS content
  FROM questionnaire q, jsonb_array_elements(q.body->'files') f WHERE f->>'file' = ANY ($1)`;
