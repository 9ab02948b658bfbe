/** Writes `src/platform/database/schema.json` from a freshly migrated database; `npm run schema`. */
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { catalogueOf } from '../../src/platform/database/catalogue.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { openEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.js';
import { ensureDatabase } from '../../src/platform/embedded/roles.js';

const NAME = `f1_catalogue_${process.pid}`;
const FILE = new URL('../../src/platform/database/schema.json', import.meta.url);

const server = await openEmbeddedPostgres({ dataDir: '.data/test', durable: false, log: console.error });
const admin = new pg.Client({ connectionString: server.superuserUrl() });
await admin.connect();
try {
  await ensureDatabase(admin, NAME, 'f1_owner');
  const url = server.urlFor('f1_owner', NAME);
  await migrate({ url });
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  try {
    const catalogue = await catalogueOf(async (text) => (await owner.query(text)).rows);
    writeFileSync(FILE, `${JSON.stringify(catalogue, null, 2)}\n`);
  } finally {
    await owner.end();
  }
} finally {
  await admin.query(`DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`);
  await admin.end();
  await server.release();
}
