import { Queue, Worker } from 'bullmq';
import { randomUUID } from 'node:crypto';
import { Posting } from './posting.js';
import type { PeerSettings } from './settings.js';
import { serveSide } from './side.js';

/** Raw BullMQ on Redis: one signed POST per job, nothing written anywhere else. */
serveSide(async (settings: PeerSettings) => {
  const { redisUrl, concurrency } = settings;
  const url = new URL(redisUrl!);
  const connection = { host: url.hostname, port: Number(url.port), db: 1, maxRetriesPerRequest: null };
  const queue = new Queue('bench', { connection });
  return {
    async prepare(jobs) {
      const posting = new Posting(settings);
      const ids = Array.from({ length: jobs }, () => randomUUID());
      for (const id of ids) await posting.make(id);
      await queue.addBulk(ids.map((id) => ({ name: 'post', data: { id }, opts: { removeOnComplete: true } })));
      return [
        async (unit) => {
          let left = jobs;
          const worker = new Worker<{ id: string }>('bench', ({ data }) => unit(() => posting.send(data.id)), {
            connection,
            concurrency,
          });
          await new Promise<void>((done, failed) => {
            worker.on('completed', () => void (--left === 0 && done()));
            worker.on('failed', (_, error) => failed(error));
          });
          await worker.close();
        },
      ];
    },
    close: () => queue.close(),
  };
});
