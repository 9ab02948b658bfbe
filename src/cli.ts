import 'reflect-metadata';
import { Command } from 'commander';
import { applyCommand } from './cli/apply.command.js';
import { auditCommand } from './cli/audit.command.js';
import { backupCommand } from './cli/backup.command.js';
import { clockCommand } from './cli/clock.command.js';
import { contentCommands } from './cli/content.command.js';
import { installCommands } from './cli/install.command.js';
import { keysCommand } from './cli/keys.command.js';
import { packsCommand } from './cli/packs.command.js';
import { reconcileCommand } from './cli/reconcile.command.js';
import { resumeSendingCommand } from './cli/resume-sending.command.js';
import { statisticsCommand } from './cli/statistics.command.js';
import { told } from './cli/told.js';

const program = new Command('f1')
  .description('Administers an Article 1F installation. Settings come from the environment, as for the server.')
  .showHelpAfterError('(f1 --help shows every command)')
  // An option after a command is the command's, also where what is above it has one of the same name.
  .enablePositionalOptions()
  .configureOutput({ outputError: (text, write) => write(text) });

for (const command of [
  ...installCommands(),
  applyCommand(),
  reconcileCommand(),
  auditCommand(),
  statisticsCommand(),
  ...contentCommands(),
  packsCommand(),
  backupCommand(),
  keysCommand(),
  clockCommand(),
  resumeSendingCommand(),
]) {
  program.addCommand(command);
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${told(error)}\n`);
  process.exitCode = 1;
});
