import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../platform/config/config.js';
import { freePort } from '../platform/http/free-port.js';
import { Refused, signIn } from './api-client.js';
import type { Cast } from './case-walk.js';
import { playStories } from './stories.js';

const NAMES = [
  'officer',
  'interviewer',
  'analyst',
  'reviewer',
  'legal',
  'decider',
  'second-decider',
  'prosecutor',
  'war-crimes',
] as const;

/** Plays the stories against the server on PORT, or against one of its own when none is running. */
async function play(): Promise<void> {
  const config = readConfig();
  const running = `http://127.0.0.1:${config.PORT}`;
  const own = (await answers(running)) ? undefined : await startServer();
  try {
    await playStories(await signInAll(own?.address ?? running, config.F1_DATA_DIR));
    process.stdout.write('\nThe demo is over; every case stays and can be read over the API.\n');
  } finally {
    await own?.stop();
  }
}

async function signInAll(address: string, dataDir: string): Promise<Cast> {
  const file = join(dataDir, 'demo-accounts.json');
  let passwords: Record<string, string>;
  try {
    passwords = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    throw new Error(
      `The demo needs the demo accounts in ${file}: start the server with "npm start" in this folder first.`,
    );
  }
  const callers = await Promise.all(
    NAMES.map(async (name) => [name, await signIn(address, name, passwords[name] ?? '')] as const),
  ).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    throw new Error(
      `The server on ${address} does not know the demo accounts of ${file}: it belongs to another data folder. ` +
        'Set PORT and F1_DATA_DIR to those of that server, or PORT to a free port.',
    );
  });
  return Object.fromEntries(callers) as unknown as Cast;
}

const answers = (address: string): Promise<boolean> =>
  fetch(`${address}/health/ready`).then(
    (response) => response.ok,
    () => false,
  );

async function startServer(): Promise<{ address: string; stop: () => Promise<void> }> {
  const port = await freePort();
  process.stdout.write(`No server answers, so the demo starts its own on port ${port}.\n`);
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    // eslint-disable-next-line no-restricted-properties -- the child reads its own configuration
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const address = `http://127.0.0.1:${port}`;
  const until = Date.now() + 120_000;
  while (!(await answers(address))) {
    if (child.exitCode !== null) throw new Error('The server stopped while it was starting; see its message above.');
    if (Date.now() > until) throw new Error('The server did not become ready within two minutes.');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return {
    address,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

play().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
