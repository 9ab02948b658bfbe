/** A program that uses the embedded PostgreSQL of a data folder until its standard input ends; talks in JSON lines. */
import { openEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.js';

const say = (line: object) => process.stdout.write(JSON.stringify(line) + '\n');

try {
  const server = await openEmbeddedPostgres({
    dataDir: process.argv[2] ?? '',
    log: (text) => say({ log: text }),
    durable: false,
  });
  say({ port: server.port, adopted: server.adopted, folder: server.folder, url: server.urlFor('f1_api', 'f1') });
  process.stdin.resume();
  process.stdin.once('end', () => void server.release().then(() => say({ released: true })));
} catch (error) {
  say({ refused: (error as Error).message, code: (error as { code?: string }).code });
  process.exitCode = 1;
}
