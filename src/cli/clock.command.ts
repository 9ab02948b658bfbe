import { Command } from 'commander';
import { recordOperatorAct } from '../audit/operator-act.js';
import { confirmClock } from '../deadlines/clock-guard.js';
import { asOwner } from '../platform/database/owner.js';
import { confirmedOperator } from './confirming-account.js';
import { answer, withInstallation } from './installation-in-use.js';

export const clockCommand = (): Command =>
  new Command('clock').description('The clock by which deadlines run').addCommand(
    new Command('confirm')
      .description(
        'Take the time of the database as right after it jumped: deadlines escalate again; asks for the password of the account',
      )
      .requiredOption('--as <username>', 'your account, with the role operator')
      .option('--json', 'one line of JSON')
      .action(({ as, json }: { as: string; json?: boolean }) =>
        withInstallation(async ({ ownerUrl }) => {
          const { held, jumpedSeconds } = await asOwner(ownerUrl(), async (owner) => {
            const { id } = await confirmedOperator(owner, as);
            const { held, jumpedMs } = await confirmClock(owner);
            const detail = { jumpedSeconds: Math.round(jumpedMs / 1000) };
            if (held)
              await recordOperatorAct(owner, { actorId: id, action: 'confirm Clock', resource: 'clock', detail });
            return { held, ...detail };
          });
          answer({ ok: true, held, jumpedSeconds }, json, () => [
            held
              ? `The clock had jumped by ${jumpedSeconds} seconds. It counts as right now; deadlines escalate again.`
              : 'No deadline is held: the clock did not jump.',
          ]);
        }),
      ),
  );
