import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seedRules } from './demo/seed.js';
import { migrate } from './platform/database/migrate.js';
import { asOwner } from './platform/database/owner.js';
import { migrateQueue } from './platform/queue/postgres-backend.js';
import { publishQuestionnaires } from './questionnaires/publish-questionnaires.js';
import { readPackFiles } from './questionnaires/pack-files.js';
import { publishWorkflows } from './workflows/publish-workflows.js';
import { readWorkflowFiles } from './workflows/workflow-files.js';

/** Everything a database needs before the application can start; a second call on a current one changes nothing. */
export async function install(ownerUrl: string, log: (line: string) => void): Promise<void> {
  const root = projectFolder();
  const workflows = readWorkflowFiles(join(root, 'workflows'));
  const packs = readPackFiles(join(root, 'questionnaires'));
  await migrate({ url: ownerUrl, log });
  await migrateQueue(ownerUrl);
  await asOwner(ownerUrl, async (owner) => {
    await owner.query(`SELECT pg_advisory_xact_lock(hashtext('f1 install'))`);
    const charts = await publishWorkflows(owner, workflows);
    const { published: questionnaires } = await publishQuestionnaires(owner, packs);
    await seedRules(owner);
    if (charts > 0) log(`published ${charts} workflows`);
    if (questionnaires > 0) log(`published ${questionnaires} questionnaires`);
  });
}

/** The folder that holds `workflows/` and `questionnaires/`, from the sources as well as from the build. */
export function projectFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, '..'), join(here, '..', '..')].find((folder) => existsSync(join(folder, 'workflows')));
  if (!found) throw new Error(`There is no folder "workflows" beside the build in ${join(here, '..')}.`);
  return found;
}
