import type { Command } from 'commander';

interface Loaded {
  readonly names: readonly string[];
  readonly load: () => Promise<readonly Command[]>;
}

/** Every command, in the order of the help. What one needs is loaded when it is asked for, which is most of what a short one costs. */
export const COMMANDS: readonly Loaded[] = [
  { names: ['migrate', 'seed'], load: async () => (await import('./install.command.js')).installCommands() },
  { names: ['apply'], load: async () => [(await import('./apply.command.js')).applyCommand()] },
  { names: ['reconcile'], load: async () => [(await import('./reconcile.command.js')).reconcileCommand()] },
  { names: ['audit'], load: async () => [(await import('./audit.command.js')).auditCommand()] },
  { names: ['statistics'], load: async () => [(await import('./statistics.command.js')).statisticsCommand()] },
  {
    names: ['workflows', 'questionnaires'],
    load: async () => (await import('./content.command.js')).contentCommands(),
  },
  { names: ['packs'], load: async () => [(await import('./packs.command.js')).packsCommand()] },
  { names: ['backup'], load: async () => [(await import('./backup.command.js')).backupCommand()] },
  { names: ['keys'], load: async () => [(await import('./keys.command.js')).keysCommand()] },
  { names: ['clock'], load: async () => [(await import('./clock.command.js')).clockCommand()] },
  {
    names: ['resume-sending'],
    load: async () => [(await import('./resume-sending.command.js')).resumeSendingCommand()],
  },
];

/** The commands to choose from: those that go with the word typed, or all of them for the help and for a word that is none. */
export async function commandsFor(typed: string | undefined): Promise<Command[]> {
  const fitting = COMMANDS.filter(({ names }) => typed !== undefined && names.includes(typed));
  const loaded = await Promise.all((fitting.length > 0 ? fitting : COMMANDS).map(({ load }) => load()));
  return loaded.flat();
}
