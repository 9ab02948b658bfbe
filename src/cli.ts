import 'reflect-metadata';
import { Command } from 'commander';
import { commandsFor } from './cli/commands.js';

const program = new Command('f1')
  .description('Administers an Article 1F installation. Settings come from the environment, as for the server.')
  .showHelpAfterError('(f1 --help shows every command)')
  // An option after a command is the command's, also where what is above it has one of the same name.
  .enablePositionalOptions()
  .configureOutput({ outputError: (text, write) => write(text) });

for (const command of await commandsFor(process.argv[2])) program.addCommand(command);

program.parseAsync().catch(async (error: unknown) => {
  // It knows every error that a person can put right, and with them most of the product.
  const { sentenceOf } = await import('./cli/sentence-of.js');
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = 1;
});
