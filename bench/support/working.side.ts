import 'reflect-metadata';
import { productContext } from './product.js';
import { serveSide } from './side.js';
import type { WorkingSettings } from './settings.js';

/** A worker of the product as `ROLE=worker` runs it: relay, queue and deliveries. It works from its start on. */
serveSide(async (settings: WorkingSettings) => {
  const { redisUrl } = settings;
  const app = await productContext(settings, { ROLE: 'worker', ...(redisUrl ? { REDIS_URL: redisUrl } : {}) });
  return { prepare: async () => [], close: () => app.close() };
});
