import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildIsStale } from '../../scripts/build-stamp.mjs';
import { prepareSoftHsm } from './softhsm-setup.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts the process that holds this run's PostgreSQL, makes a place for tokens, and tells the test files where they are, and
 * whether there is a build of these sources.
 */
export default async function setup() {
  if (process.env.TEST_QUEUE_BACKEND === 'redis' && !process.env.REDIS_URL) {
    throw new Error('TEST_QUEUE_BACKEND=redis needs REDIS_URL, such as redis://127.0.0.1:6379.');
  }
  process.env.F1_TEST_BUILT = buildIsStale() ? '' : 'yes';
  prepareSoftHsm();
  const holder = spawn(process.execPath, ['--import', path('typescript.mjs'), path('database-server.ts')], {
    cwd: path('../..'),
    detached: true, // Ctrl-C ends the run; the holder sees its input end and cleans up
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  globalThis.f1DatabaseHolder = holder;
  process.env.F1_TEST_SERVER = JSON.stringify(await readiness(holder));
  holder.unref();
  holder.stdin.unref();
  holder.stdout.unref();
}

function readiness(holder) {
  return new Promise((resolve, reject) => {
    const refuse = (sentence) => reject(Object.assign(new Error(sentence), { stack: sentence }));
    createInterface({ input: holder.stdout }).on('line', (text) => {
      const line = JSON.parse(text);
      if (line.log) process.stderr.write(`${line.log}\n`);
      if (line.ready) resolve(line.ready);
      if (line.refused) refuse(line.refused);
    });
    holder.once('error', reject);
    holder.once('exit', (code) => refuse(`The test database server ended with code ${code}.`));
  });
}
