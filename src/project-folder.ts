import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `workflows/` and `questionnaires/`, from the sources as well as from the build. */
export function projectFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, '..'), join(here, '..', '..')].find((folder) => existsSync(join(folder, 'workflows')));
  if (!found) throw new Error(`There is no folder "workflows" beside the build in ${join(here, '..')}.`);
  return found;
}
