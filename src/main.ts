import 'reflect-metadata';
import { createServer } from 'node:net';
import { createApplication } from './application.js';
import { witnessEmbedded } from './audit/witness.js';
import { seedDemo, tellOfDemo } from './demo/seed.js';
import { install, sealWhatLayInClear } from './installation.js';
import { type Config, ConfigError, readConfig } from './platform/config/config.js';
import type { DatabaseUrls } from './platform/database/database.module.js';
import { BeingRestored, TooMuchPrivilege } from './platform/database/data-source.js';
import { EmbeddedPostgresError } from './platform/embedded/embedded-postgres.error.js';
import { type EmbeddedServer, openEmbeddedPostgres } from './platform/embedded/embedded-postgres.js';
import { keysFrom } from './platform/keys/keys.js';
import { WorkflowsRefused } from './workflows/workflow-files.js';
import { PublishedWorkflowChanged } from './workflows/publish-workflows.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Errors whose message is the whole story: no stack is shown. */
const TOLD = [
  BeingRestored,
  ConfigError,
  EmbeddedPostgresError,
  TooMuchPrivilege,
  WorkflowsRefused,
  PublishedWorkflowChanged,
];

async function start(stop: Stop): Promise<void> {
  const config = readConfig();
  if (!config.embedded) {
    const url = config.DATABASE_URL ?? '';
    return serve(config, { api: url, worker: url, portal: url }, stop);
  }
  witnessEmbedded(config);
  await assertPortFree(config);
  const opening = openEmbeddedPostgres({ dataDir: config.F1_DATA_DIR, log: say });
  stop.last(() =>
    opening.then(
      (server) => server.release(),
      () => undefined,
    ),
  );
  const local = await opening;
  try {
    await serve(config, await prepare(config, local), stop);
    welcome(config);
  } catch (error) {
    await local.release();
    throw error;
  }
}

/** The embedded database: schema, definitions and demo accounts, so that the first start is a whole installation. */
async function prepare(config: Config, local: EmbeddedServer): Promise<DatabaseUrls> {
  const owner = local.urlFor('f1_owner', 'f1');
  await install(owner, say);
  await sealWhatLayInClear(owner, keysFrom(config), say);
  const logins = await seedDemo(owner, config.F1_DATA_DIR);
  tellOfDemo(logins, say, config.runsPortal ? ['prosecutor'] : undefined);
  const urlFor = (role: 'f1_api' | 'f1_worker' | 'f1_portal') => local.urlFor(role, 'f1');
  return { api: urlFor('f1_api'), worker: urlFor('f1_worker'), portal: urlFor('f1_portal') };
}

async function serve(config: Config, urls: DatabaseUrls, stop: Stop): Promise<void> {
  const app = await createApplication(config, urls);
  try {
    await app.listen(config.PORT, config.HOST);
  } catch (error) {
    await app.close();
    throw cannotListen(config, error as NodeJS.ErrnoException);
  }
  // A recording of hours takes longer to arrive than Node's five minutes; headers, and bodies but uploads, are cut off after one.
  app.getHttpServer().requestTimeout = 2 * 60 * 60 * 1000;
  app.getHttpServer().maxConnections = MOST_CONNECTIONS;
  stop.first(() => app.close());
}

/** Each may hold as much of a body as anybody may send: so many hold no more than a small machine has. */
const MOST_CONNECTIONS = 4_000;

interface Stop {
  /** True from the first signal on: what fails then fails because of it. */
  readonly underWay: boolean;
  first(step: () => Promise<void>): void;
  last(step: () => Promise<void>): void;
}

/**
 * The first signal stops in order: intake, relay, workers, database. npm passes a terminal's Ctrl-C on although it arrived
 * already, so only a signal a moment later means impatience; half a minute ends it in any case.
 */
function stopOnSignal(): Stop {
  const steps: (() => Promise<void>)[] = [];
  let since: number | undefined;
  const onSignal = (): void => {
    if (since !== undefined) {
      if (Date.now() - since > 1_500) process.exit(1);
      return;
    }
    since = Date.now();
    say('Stopping: finishing what is under way (Ctrl-C again to stop at once)');
    setTimeout(() => process.exit(1), 30_000).unref();
    void (async () => {
      for (const step of steps) await step();
      process.exit(0);
    })().catch(fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  return {
    get underWay() {
      return since !== undefined;
    },
    first: (step) => void steps.unshift(step),
    last: (step) => void steps.push(step),
  };
}

/** A port or address that cannot be had is said before a database is made for nothing; the listening itself still decides. */
function assertPortFree(config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(cannotListen(config, error)));
    probe.listen(config.PORT, config.HOST, () => probe.close(() => resolve()));
  });
}

function welcome({ PORT: port, F1_DATA_DIR: folder, runsApi }: Config): void {
  const address = `http://localhost:${port}`;
  const same = [
    ...(port === 3000 ? [] : [`PORT=${port}`]),
    ...(folder === '.data' ? [] : [`F1_DATA_DIR='${folder.replaceAll("'", String.raw`'\''`)}'`]),
  ];
  const demo = [...same, 'npm run demo'].join(' ');
  const watch = runsApi ? `\n  Watch cases go by     ${demo}          (in a second terminal)` : '';
  say(`
Ready on ${address}
  API and its pages     ${address}/api/docs${watch}
  Health                ${address}/health/ready
  Stop                  Ctrl-C; the data stays and the next start is quick`);
}

class CannotListen extends Error {}

function cannotListen({ HOST, PORT }: Config, error: NodeJS.ErrnoException): Error {
  if (error.syscall !== 'listen' && error.syscall !== 'getaddrinfo') return error;
  if (error.code === 'EADDRINUSE') {
    return new CannotListen(
      `Port ${PORT} is in use by another program; stop it, or choose another port, such as: PORT=${PORT + 1} npm start`,
    );
  }
  if (error.code === 'EACCES')
    return new CannotListen(
      `This account may not listen on port ${PORT}; choose one above 1023, such as: PORT=3000 npm start`,
    );
  return new CannotListen(
    `HOST ${HOST} is no address of this machine (${error.message}); leave it out, or name one that is.`,
  );
}

function fail(error: unknown): void {
  const told = error instanceof CannotListen || TOLD.some((type) => error instanceof type);
  process.stderr.write(`${told ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
}

// A closed terminal takes our output away, and must not keep us from stopping in order.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

// Signals are ours from the first moment: a Ctrl-C while the database starts must still stop it again.
const stopping = stopOnSignal();
start(stopping).catch((error: unknown) => {
  if (!stopping.underWay) fail(error);
});
