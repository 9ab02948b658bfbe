import { Command } from 'commander';
import { confirmClock } from '../deadlines/clock-guard.js';
import { Database } from '../platform/database/database.js';
import { runtimeDataSource } from '../platform/database/data-source.js';
import { answer, withInstallation } from './installation-in-use.js';

export const clockCommand = (): Command =>
  new Command('clock').description('The clock by which deadlines run').addCommand(
    new Command('confirm')
      .description('Take the time of the database as right after it jumped: deadlines escalate again')
      .option('--json', 'one line of JSON')
      .action(({ json }: { json?: boolean }) =>
        withInstallation(async ({ config, workerUrl }) => {
          const pool = { url: workerUrl(), role: 'f1_worker' as const, size: 1, timeZone: config.F1_TIME_ZONE };
          const source = await runtimeDataSource(pool).initialize();
          try {
            const { held, jumpedMs } = await confirmClock(new Database(undefined, source));
            answer({ ok: true, held, jumpedSeconds: Math.round(jumpedMs / 1000) }, json, () => [
              held
                ? `The clock had jumped by ${Math.round(jumpedMs / 1000)} seconds. It counts as right now; deadlines escalate again.`
                : 'No deadline is held: the clock did not jump.',
            ]);
          } finally {
            await source.destroy();
          }
        }),
      ),
  );
