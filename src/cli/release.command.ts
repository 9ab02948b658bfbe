import { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../project-folder.js';
import { readConfig } from '../platform/config/config.js';
import { keysFrom } from '../platform/keys/keys.js';
import { readPackFiles } from '../questionnaires/pack-files.js';
import { releaseManifest } from '../questionnaires/release-manifest.js';
import { answer } from './installation-in-use.js';

/** `f1 packs release`: whoever signs the list answers for every questionnaire in it. */
export const releaseCommand = (): Command =>
  new Command('release')
    .description('List every questionnaire of this release by its hash, signed with our key, for F1_RELEASE_MANIFEST')
    .requiredOption('--out <file>', 'the new file')
    .option('--json', 'one line of JSON')
    .action(({ out, json }: { out: string; json?: boolean }) => {
      const packs = readPackFiles(join(projectFolder(), 'questionnaires'));
      const manifest = releaseManifest(packs, keysFrom(readConfig()).signing);
      writeFileSync(out, `${JSON.stringify(manifest, null, 2)}\n`);
      answer({ ok: true, file: out, questionnaires: manifest.questionnaires }, json, () => [
        ...manifest.questionnaires.map(({ code, version, hash }) => `${code} version ${version}  ${hash}`),
        `${out} is signed by the key ${manifest.signature.keyId}.`,
      ]);
    });
