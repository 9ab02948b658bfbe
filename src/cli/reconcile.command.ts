import { Command } from 'commander';
import { Database } from '../platform/database/database.js';
import { runtimeDataSource } from '../platform/database/data-source.js';
import { ReconcilerService } from '../referrals/reconciler.service.js';
import { answer, withInstallation } from './installation-in-use.js';

export const reconcileCommand = (): Command =>
  new Command('reconcile')
    .description('Compare every cause with its obligations and receipts, both ways; exit 1 when not ok')
    .option('--json', 'one line of JSON')
    .action(({ json }: { json?: boolean }) =>
      withInstallation(async ({ config, workerUrl }) => {
        const source = await runtimeDataSource({
          url: workerUrl(),
          role: 'f1_worker',
          size: 1,
          timeZone: config.F1_TIME_ZONE,
        }).initialize();
        try {
          const result = await new ReconcilerService(new Database(undefined, source)).reconcile();
          answer(result, json, () => [
            `${result.causes} causes, ${result.obligations} obligations, ${result.receipts} receipts, ${result.inFlight} in flight`,
            ...result.differences.map(
              ({ kind, what, causeId, obligationId }) => `${kind}: ${what} (${obligationId ?? causeId ?? ''})`,
            ),
            result.ok ? 'Nothing is missing, unjustified or overdue.' : 'Duties are not met.',
          ]);
        } finally {
          await source.destroy();
        }
      }),
    );
