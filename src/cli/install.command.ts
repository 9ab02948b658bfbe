import { Command } from 'commander';
import { join } from 'node:path';
import { seedDemo, tellOfDemo } from '../demo/seed.js';
import { install, sealWhatLayInClear } from '../installation.js';
import { projectFolder } from '../project-folder.js';
import { inReleaseOf } from '../questionnaires/release-manifest.js';
import { keysFrom } from '../platform/keys/keys.js';
import { Told } from './told.js';
import { withInstallation } from './installation-in-use.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export const installCommands = (): Command[] => [
  new Command('migrate')
    .description('Bring the database up to date: schema, queue, workflows, questionnaires, deadline rules')
    .action(() =>
      withInstallation(
        async ({ config, ownerUrl }) => {
          await install(ownerUrl(), say, inReleaseOf(config, join(projectFolder(), 'questionnaires')));
          await sealWhatLayInClear(ownerUrl(), keysFrom(config), say);
          say('The database is up to date.');
        },
        { mayCreate: () => true },
      ),
    ),
  new Command('seed').description('Create demo accounts and authorities, never in production').action(() =>
    withInstallation(
      async ({ config, ownerUrl }) => {
        if (config.NODE_ENV === 'production')
          throw new Told('Demo accounts are never created when NODE_ENV is production.');
        tellOfDemo(await seedDemo(ownerUrl(), config.F1_DATA_DIR), say);
      },
      { mayCreate: () => true },
    ),
  ),
];
