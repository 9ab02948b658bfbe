import { Command } from 'commander';

export const backupCommand = (): Command => new Command('backup').description('Backups of the database');
