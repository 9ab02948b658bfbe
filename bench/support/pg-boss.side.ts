import { randomUUID } from 'node:crypto';
import PgBoss from 'pg-boss';
import { Posting } from './posting.js';
import type { PeerSettings } from './settings.js';
import { serveSide } from './side.js';

/** So many that its half second between two looks is never waited for. */
const BATCH = 250;

/** pg-boss: one signed POST per job, nothing written anywhere else. */
serveSide(async (settings: PeerSettings) => {
  const { url, poolSize, concurrency } = settings;
  const boss = new PgBoss({ connectionString: url, max: poolSize });
  await boss.start();
  await boss.createQueue('bench');
  return {
    async prepare(jobs) {
      const posting = new Posting(settings);
      const ids = Array.from({ length: jobs }, () => randomUUID());
      for (const id of ids) await posting.make(id);
      await boss.insert(ids.map((id) => ({ name: 'bench', data: { id } })));
      return [
        async (unit) => {
          let left = jobs;
          const done = new Promise<void>((all, failed) => {
            void boss.work<{ id: string }>(
              'bench',
              { batchSize: BATCH, pollingIntervalSeconds: 0.5 },
              async (batch) => {
                const waiting = batch.values();
                const lane = async (): Promise<void> => {
                  for (const { data } of waiting) await unit(() => posting.send(data.id));
                };
                await Promise.all(Array.from({ length: concurrency }, lane)).catch(failed);
                left -= batch.length;
                if (left === 0) all();
              },
            );
          });
          await done;
          await boss.offWork('bench');
        },
      ];
    },
    close: () => boss.stop({ graceful: false }),
  };
});
