import { Command } from 'commander';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from '../domain/questionnaire/plan.js';
import { projectFolder } from '../project-folder.js';
import { timeInWords } from '../domain/referral/time-in-words.js';
import { asOwner } from '../platform/database/owner.js';
import { canonical } from '../platform/database/sealing.js';
import { keysFrom } from '../platform/keys/keys.js';
import { importPack, packInUse } from '../questionnaires/exchange-packs.js';
import { bundle, unbundle } from '../questionnaires/pack-bundle.js';
import { SCENARIOS } from '../questionnaires/pack-files.js';
import { publicKeyFrom } from '../questionnaires/signed-json.js';
import { answer, withInstallation } from './installation-in-use.js';
import { packFilesCommand } from './pack-files.command.js';
import { releaseCommand } from './release.command.js';
import { Told } from './told.js';

interface Options {
  readonly out?: string;
  readonly key?: string;
  readonly json?: boolean;
}

export const packsCommand = (): Command =>
  new Command('packs')
    .description('Share packs of questionnaires with other authorities, each as one signed file')
    .addCommand(
      new Command('export')
        .description('Write what is published of a pack to one file, signed with our key')
        .argument('<pack>', 'such as RW')
        .requiredOption('--out <file>', 'the new file')
        .option('--json', 'one line of JSON')
        .action(exportPack),
    )
    .addCommand(
      new Command('import')
        .description('Take the questionnaires of a signed file as drafts; two authors carry them on')
        .argument('<file>', 'what another authority exported')
        .requiredOption(
          '--key <file>',
          'the public key that must have signed it: PEM, or the line that "f1 keys" prints',
        )
        .option('--json', 'one line of JSON')
        .action(importFile),
    )
    .addCommand(packFilesCommand())
    .addCommand(releaseCommand());

const exportPack = (pack: string, { out, json }: Options): Promise<void> =>
  withInstallation(async ({ config, ownerUrl }) => {
    const content = await asOwner(ownerUrl(), (owner) => packInUse(owner, pack, config.country, besideOf(pack)));
    const file = bundle(content, keysFrom(config).signing);
    writeFileSync(out!, `${canonical(file)}\n`);
    const { questionnaires } = content;
    const { keyId } = file.signature;
    answer({ ok: true, file: out, keyId, questionnaires: file.questionnaires }, json, () => [
      `${out}: ${questionnaires.map(({ code, version }) => `${code} version ${version}`).join(', ')}`,
      `Signed by the key ${keyId}. Whoever imports it needs the public key by another way: npm run -s f1 -- keys`,
    ]);
  });

const importFile = (file: string, { key, json }: Options): Promise<void> =>
  withInstallation(async ({ config, ownerUrl }) => {
    const content = unbundle(jsonIn(file), publicKeyFrom(key!), file);
    const drafts = await asOwner(ownerUrl(), (owner) => importPack(owner, content));
    answer({ ok: true, pack: content.pack, exportedBy: content.exportedBy, drafts }, json, () => [
      `${content.pack}, exported by ${content.exportedBy}, ${exportedOn(content.exportedAt, config.F1_TIME_ZONE)}:`,
      ...drafts.map(({ id, code, version }) => `  ${code} version ${version} is the draft ${id}`),
      'Nothing of it is used before an author submits it and another one approves it.',
    ]);
  });

/** Whoever exported it wrote the time: what is none is shown as it is. */
const exportedOn = (instant: string, zone: string): string =>
  Number.isNaN(Date.parse(instant)) ? instant : timeInWords(Date.parse(instant), zone);

/** Pack file and scenarios of a pack that a release brought. */
function besideOf(pack: string): SourceFile[] {
  const folder = join(projectFolder(), 'questionnaires', pack);
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(pack) || !existsSync(join(folder, 'pack.json'))) return [];
  const scenarios = join(folder, SCENARIOS);
  const names = existsSync(scenarios) ? readdirSync(scenarios).filter((name) => name.endsWith('.json')) : [];
  const files = ['pack.json', ...names.sort().map((name) => `${SCENARIOS}/${name}`)];
  return files.map((name) => ({ file: `${pack}/${name}`, content: jsonIn(join(folder, name)) }));
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Told(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
}
