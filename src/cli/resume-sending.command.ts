import { Command } from 'commander';
import { resumeSending } from '../platform/backup/sending-hold.js';
import { asOwner } from '../platform/database/owner.js';
import { confirmedOperator } from './confirming-account.js';
import { answer, withInstallation } from './installation-in-use.js';

export const resumeSendingCommand = (): Command =>
  new Command('resume-sending')
    .description(
      'Let referrals be sent again after a restore, once it was checked; asks for the password of the account',
    )
    .requiredOption('--as <username>', 'your account, with the role operator')
    .option('--json', 'one line of JSON')
    .action(({ as, json }: { as: string; json?: boolean }) =>
      withInstallation(async ({ ownerUrl }) => {
        const since = await asOwner(ownerUrl(), async (owner) =>
          resumeSending(owner, (await confirmedOperator(owner, as)).id),
        );
        answer({ ok: true, heldSince: since?.toISOString() ?? null }, json, () => [
          since ? `Sending goes on; it was held since ${since.toISOString()}.` : 'Sending was not held.',
        ]);
      }),
    );
