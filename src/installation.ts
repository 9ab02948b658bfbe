import { join } from 'node:path';
import { sealCitations } from './cases/seal-citations.js';
import { seedRules } from './demo/seed.js';
import { migrate } from './platform/database/migrate.js';
import { asOwner } from './platform/database/owner.js';
import type { KeyProvider } from './platform/keys/keys.js';
import { migrateQueue } from './platform/queue/postgres-backend.js';
import { projectFolder } from './project-folder.js';
import { type InRelease, publishQuestionnaires } from './questionnaires/publish-questionnaires.js';
import { readPackFiles } from './questionnaires/pack-files.js';
import { publishWorkflows } from './workflows/publish-workflows.js';
import { readWorkflowFiles } from './workflows/workflow-files.js';

/** Everything a database needs before the application can start; a second call on a current one changes nothing. */
export async function install(
  ownerUrl: string,
  log: (line: string) => void,
  inRelease: InRelease = () => true,
): Promise<void> {
  const root = projectFolder();
  const workflows = readWorkflowFiles(join(root, 'workflows'));
  const packs = readPackFiles(join(root, 'questionnaires'));
  await migrate({ url: ownerUrl, log });
  await migrateQueue(ownerUrl);
  await asOwner(ownerUrl, async (owner) => {
    await owner.query(`SELECT pg_advisory_xact_lock(hashtext('f1 install'))`);
    const charts = await publishWorkflows(owner, workflows);
    const { published, drafts } = await publishQuestionnaires(owner, packs, inRelease);
    await seedRules(owner);
    if (charts > 0) log(`published ${charts} workflows`);
    if (published > 0) log(`published ${published} questionnaires`);
    if (drafts.length > 0) {
      log(`in no signed release manifest, and therefore drafts that two authors carry on: ${drafts.join(', ')}`);
      log(
        'To publish them with the release instead: f1 packs release --out <file>, then migrate with F1_RELEASE_MANIFEST=<file>',
      );
    }
  });
}

/** Seals what an installation made by an earlier release holds in clear; nothing in any other. */
export async function sealWhatLayInClear(
  ownerUrl: string,
  keys: KeyProvider,
  log: (line: string) => void,
): Promise<void> {
  const sealed = await asOwner(ownerUrl, (owner) => sealCitations(owner, keys));
  if (sealed > 0) log(`sealed ${sealed} citations that lay in clear`);
}
