import { createPublicKey } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cast } from '../../../src/demo/case-walk.js';
import { Config } from '../../../src/platform/config/config.js';
import { keysFrom } from '../../../src/platform/keys/keys.js';
import { freePort } from '../../support/npm-start.js';
import { ApplicationProcess } from './application-process.js';
import { PatientCaller } from './client.js';
import { Clock } from './clock.js';
import { asked, type Installation, PLAYED } from './installation.js';
import { Journal } from './journal.js';
import { Link } from './link.js';
import { Load } from './load.js';
import { Random } from './random.js';
import { ReceiverProcess } from './receiver-process.js';
import { RedisProcess } from './redis-process.js';

export interface WorldWanted {
  readonly seed: number;
  readonly queue: 'redis' | 'postgresql';
  /** The built application, perhaps with a planted bug. */
  readonly dist: string;
  readonly apis: number;
  readonly workers: number;
  readonly atOnce: number;
  readonly tablespace?: string;
  /** How long a command without an answer is repeated. */
  readonly patienceMs?: number;
}

/** One installation at work: processes, links between them, a receiver, people at the API, and a clock. */
export interface World {
  readonly wanted: WorldWanted;
  readonly installation: Installation;
  readonly database: string;
  readonly ownerUrl: string;
  readonly processes: readonly ApplicationProcess[];
  readonly links: { readonly database: readonly Link[]; readonly redis: readonly Link[]; readonly receiver: Link };
  readonly receiver: ReceiverProcess;
  readonly redis: RedisProcess | undefined;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly load: Load;
  readonly random: Random;
  /** When a fault was on, by the database's clock; one that is on has no end yet. */
  readonly disturbed: { readonly name: string; readonly from: Date; to: Date }[];
  /** SPKI DER in base64: what the installation itself signs. */
  readonly signingKey: string;
  readonly folder: string;
  close(): Promise<void>;
}

export const apisOf = (world: World): ApplicationProcess[] => world.processes.filter(({ role }) => role === 'api');
export const workersOf = (world: World): ApplicationProcess[] =>
  world.processes.filter(({ role }) => role === 'worker');

let worlds = 0;
/** What ends each world, the last started first. */
type Ends = (() => Promise<unknown>)[];
const open = new Set<Ends>();

async function closed(ends: Ends): Promise<void> {
  open.delete(ends);
  for (const end of ends.reverse()) await end();
}

/** For a run that is told to stop, also while a world is still being made. */
export const closeWorlds = (): Promise<unknown> => Promise.all([...open].map(closed));

/** Starts everything, and waits until it is ready; what was started before something failed is ended again. */
export async function openWorld(installation: Installation, wanted: WorldWanted): Promise<World> {
  const ends: Ends = [];
  open.add(ends);
  try {
    return await opened(installation, wanted, ends);
  } catch (error) {
    await closed(ends);
    throw error;
  }
}

async function opened(installation: Installation, wanted: WorldWanted, ends: Ends): Promise<World> {
  const folder = join(installation.folder, `world-${++worlds}`);
  mkdirSync(folder, { recursive: true });
  const config = Object.assign(new Config(), { NODE_ENV: 'test', F1_DATA_DIR: installation.dataDir });
  const signingKey = keysFrom(config).signing.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const receiver = await ReceiverProcess.start({
    dist: wanted.dist,
    folder: join(folder, 'receiver'),
    port: await freePort(),
    sender: signingKey,
  });
  ends.push(() => receiver.kill());
  const redis =
    wanted.queue === 'redis' ? await RedisProcess.start(join(folder, 'redis'), await freePort()) : undefined;
  if (redis) ends.push(() => redis.kill());
  const toReceiver = await Link.to(receiver.port);
  ends.push(() => toReceiver.close());
  const endpoint = `http://127.0.0.1:${toReceiver.port}/referrals`;
  const database = await installation.clone({ endpoint, keys: receiver }, wanted.tablespace);
  ends.push(() => installation.drop(database));
  const links = { database: [] as Link[], redis: [] as Link[], receiver: toReceiver };
  const start = async (name: string, role: 'api' | 'worker'): Promise<ApplicationProcess> => {
    const url = new URL(installation.urlFor(role === 'api' ? 'f1_api' : 'f1_worker', database));
    const toDatabase = await Link.to(installation.port);
    ends.push(() => toDatabase.close());
    links.database.push(toDatabase);
    url.port = String(toDatabase.port);
    const environment: NodeJS.ProcessEnv = {
      DATABASE_URL: url.href,
      F1_DATA_DIR: installation.dataDir,
      F1_CHECKPOINT_MINUTES: '1',
    };
    if (redis && role === 'worker') {
      const toRedis = await Link.to(redis.port);
      ends.push(() => toRedis.close());
      links.redis.push(toRedis);
      environment['REDIS_URL'] = `redis://127.0.0.1:${toRedis.port}`;
    }
    const { dist } = wanted;
    const process = new ApplicationProcess({ name, role, port: await freePort(), dist, environment, logs: folder });
    ends.push(() => process.kill());
    process.launch();
    return process;
  };
  const processes: ApplicationProcess[] = [];
  for (let n = 1; n <= wanted.apis; n++) processes.push(await start(`api-${n}`, 'api'));
  for (let n = 1; n <= wanted.workers; n++) processes.push(await start(`worker-${n}`, 'worker'));
  await Promise.all(processes.map((process) => process.ready()));
  const journal = new Journal();
  const random = new Random(wanted.seed);
  const addresses = (): string[] =>
    processes.filter(({ role, alive }) => role === 'api' && alive).map((p) => p.address);
  const cast = Object.fromEntries(
    PLAYED.map((name) => [
      name,
      new PatientCaller(name, installation.passwords[name] ?? '', addresses, journal, wanted.patienceMs),
    ]),
  ) as unknown as Cast;
  const ownerUrl = installation.urlFor('f1_owner', database);
  return {
    wanted,
    installation,
    database,
    ownerUrl,
    processes,
    links,
    receiver,
    redis,
    clock: new Clock(ownerUrl),
    journal,
    load: new Load(cast, journal, new Random(wanted.seed + 1), wanted.atOnce),
    random,
    disturbed: [],
    signingKey,
    folder,
    close: () => closed(ends),
  };
}

/** Asks the world's database as the owner of its schema, again and again while it is away. */
export async function ask<T extends object>(world: World, text: string, values: unknown[] = []): Promise<T[]> {
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      return await asked(world.ownerUrl, async (owner) => (await owner.query<T>(text, values)).rows);
    } catch (error) {
      const { code } = error as { code?: string };
      // Class 42, 22 and 23: our own question is wrong, and no waiting cures it.
      if (Date.now() > until || /^(42|22|23)/.test(code ?? '')) throw error;
      await pause(250);
    }
  }
}

export const publicKeyOf = (base64: string) =>
  createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
