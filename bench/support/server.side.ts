import 'reflect-metadata';
import { createApplication } from '../../src/application.js';
import { productConfig } from './product.js';
import { serveSide } from './side.js';
import type { SideSettings } from './settings.js';

/** The product behind its HTTP server, as `ROLE=api` runs it. */
serveSide(async (settings: SideSettings & { port: number }) => {
  const { url, port } = settings;
  const app = await createApplication(productConfig(settings, { ROLE: 'api', PORT: port }), { api: url, worker: url });
  await app.listen(port, '127.0.0.1');
  return { prepare: async () => [], close: () => app.close() };
});
