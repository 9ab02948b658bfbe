import { kindOf } from '../domain/questionnaire/schema-check.js';
import type { Tx } from '../platform/database/database.js';
import { canonical } from '../platform/database/sealing.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { DraftFiles, DraftIdentity } from './draft-files.js';
import type { VersionStore } from './version.store.js';

/**
 * A published name keeps its meaning: a questionnaire stays in its pack, and a module is what was published under its name, as
 * other packs are given it by that name. Throws InvalidInput.
 */
export async function assertNamesInTx(
  tx: Tx,
  store: VersionStore,
  { code, pack }: DraftIdentity,
  { files }: DraftFiles,
): Promise<void> {
  const own = files.findIndex(({ content }) => kindOf(content) === 'questionnaire');
  const theirs = await store.findOtherPackInTx(tx, code, pack);
  const errors = theirs
    ? [
        {
          pointer: `/files/${own}/content/id`,
          detail: `${code} is a questionnaire of the pack ${theirs}; take an id that no other pack has, such as ${pack}-${code}`,
        },
      ]
    : [];
  const modules = files.flatMap(({ content, file }, index) =>
    kindOf(content) === 'module' ? [{ content, file, index }] : [],
  );
  const published = await store.publishedContentsInTx(
    tx,
    modules.map(({ file }) => file),
  );
  for (const { file, content, index } of modules) {
    const known = published.filter((one) => one.file === file).map((one) => canonical(one.content));
    if (known.length > 0 && !known.includes(canonical(content)))
      errors.push({
        pointer: `/files/${index}/content`,
        detail: `${file} is published with other content, and what is published never changes: leave it out to take that, or send yours as a higher version under a new name`,
      });
  }
  if (errors.length > 0) throw new InvalidInput(errors);
}
