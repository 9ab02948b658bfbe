import { Command } from 'commander';
import { recordOperatorAct } from '../audit/operator-act.js';
import { timeInWords } from '../domain/referral/time-in-words.js';
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
      withInstallation(async ({ config, ownerUrl }) => {
        const heldSince = await asOwner(ownerUrl(), async (owner) => {
          const { id } = await confirmedOperator(owner, as);
          const since = (await resumeSending(owner, id))?.toISOString() ?? null;
          const act = { actorId: id, action: 'resume Sending', resource: 'sending', detail: { heldSince: since } };
          if (since !== null) await recordOperatorAct(owner, act);
          return since;
        });
        answer({ ok: true, heldSince }, json, () => [
          heldSince !== null
            ? `Sending goes on; it was held since ${timeInWords(Date.parse(heldSince), config.F1_TIME_ZONE)}.`
            : 'Sending was not held.',
        ]);
      }),
    );
