import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Command } from 'commander';
import { statisticsAsCsv } from '../domain/referral/statistics.js';
import { timeInWords } from '../domain/referral/time-in-words.js';
import { Database } from '../platform/database/database.js';
import { runtimeDataSource } from '../platform/database/data-source.js';
import { StatisticsQueryDto } from '../statistics/statistics.dto.js';
import { StatisticsService } from '../statistics/statistics.service.js';
import { withInstallation } from './installation-in-use.js';
import { Told } from './told.js';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly json?: boolean;
}

export const statisticsCommand = (): Command =>
  new Command('statistics')
    .description('Referrals of a period by kind, ground, country and authority, from the event history, as CSV')
    .requiredOption('--from <date>', 'first day, such as 2026-01-01')
    .requiredOption('--to <date>', 'last day; what happened later does not count')
    .option('--json', 'one line of JSON')
    .action(({ from, to, json }: Options) => {
      const period = checked({ from, to });
      return withInstallation(async ({ config, workerUrl }) => {
        const pool = { url: workerUrl(), role: 'f1_worker' as const, size: 1, timeZone: config.F1_TIME_ZONE };
        const source = await runtimeDataSource(pool).initialize();
        try {
          const result = await new StatisticsService(new Database(undefined, source)).forOperator(period);
          if (!result.complete)
            process.stderr.write(
              `This period is not over: these figures count until ${timeInWords(Date.parse(result.until), config.F1_TIME_ZONE)}, and the same command gives others later.\n`,
            );
          process.stdout.write(json ? `${JSON.stringify({ ...period, ...result })}\n` : statisticsAsCsv(result));
        } finally {
          await source.destroy();
        }
      });
    });

function checked(period: { from: string; to: string }): StatisticsQueryDto {
  const query = plainToInstance(StatisticsQueryDto, period);
  const [wrong] = validateSync(query);
  if (wrong) throw new Told(`--${wrong.property}: ${Object.values(wrong.constraints ?? {})[0] ?? 'is not a date'}.`);
  if (query.to < query.from) throw new Told('--to is before --from: give the first and the last day of the period.');
  return query;
}
