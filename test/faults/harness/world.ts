import { createPublicKey } from 'node:crypto';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Config } from '../../../src/platform/config/config.js';
import { freePort } from '../../../src/platform/http/free-port.js';
import { keysFrom } from '../../../src/platform/keys/keys.js';
import type { Before } from '../oracle/finding.js';
import { ApplicationProcess, type Role } from './application-process.js';
import { PatientCaller } from './client.js';
import { Clock } from './clock.js';
import { asked } from './connection.js';
import { Gate } from './gate.js';
import { type Installation, PLAYED } from './installation.js';
import { Journal } from './journal.js';
import { Link } from './link.js';
import { Load, type Players } from './load.js';
import { ProcessClock } from './process-clock.js';
import { Random } from './random.js';
import { ReceiverProcess } from './receiver-process.js';
import { addRecipients, type ListKeys } from './recipients.js';
import { RedisProcess } from './redis-process.js';
import { ownerOf, SmallDisk } from './small-disk.js';

export interface WorldWanted {
  readonly seed: number;
  readonly queue: 'redis' | 'postgresql';
  /** The built application, perhaps with a planted bug. */
  readonly dist: string;
  /** Its processes by name. */
  readonly processes: Readonly<Record<string, Role>>;
  /** Workers by name that are not started until `employ` asks for more. */
  readonly reserve?: readonly string[];
  readonly atOnce: number;
  /** On a file system of its own that can be filled. */
  readonly smallDisk?: boolean;
  /** Each process with a wall clock that can be set wrong. */
  readonly ownClocks?: boolean;
  /** How long a command without an answer is repeated. */
  readonly patienceMs?: number;
}

/** One installation at work: processes, links between them, a receiver, people at the API, and a clock. */
export interface World {
  readonly wanted: WorldWanted;
  readonly installation: Installation;
  readonly database: string;
  readonly ownerUrl: string;
  /** Those that are to run; how many workers there are may change. */
  readonly processes: ApplicationProcess[];
  readonly reserve: ApplicationProcess[];
  readonly links: { readonly database: readonly Link[]; readonly redis: readonly Link[]; readonly receiver: Link };
  readonly receiver: ReceiverProcess;
  readonly redis: RedisProcess | undefined;
  readonly clock: Clock;
  readonly disk: SmallDisk | undefined;
  readonly dropFolder: string;
  /** What each webhook recipient signs its own list with. */
  readonly listKeys: ListKeys;
  /** Where its keys and files are. */
  readonly dataDir: string;
  readonly tablespace: string | undefined;
  /** Once the database was restored from a backup: what was there before. */
  restored: Before | undefined;
  readonly journal: Journal;
  readonly load: Load;
  readonly random: Random;
  /** When a fault was on, by the database's clock; one that is on has no end yet. */
  readonly disturbed: { readonly name: string; readonly from: number; to: number }[];
  /** SPKI DER in base64: what the installation itself signs. */
  readonly signingKey: string;
  readonly folder: string;
  close(): Promise<void>;
}

export const apisOf = (world: World): ApplicationProcess[] =>
  world.processes.filter(({ answersPeople }) => answersPeople);
export const workersOf = (world: World): ApplicationProcess[] =>
  world.processes.filter(({ carriesReferrals }) => carriesReferrals);

/** From here on so many workers run: others are stopped in order, or started from the reserve. */
export async function employ(world: World, workers: number): Promise<void> {
  const { processes, reserve } = world;
  for (const worker of workersOf(world).slice(workers)) {
    processes.splice(processes.indexOf(worker), 1);
    await worker.stop();
    reserve.push(worker);
  }
  for (const worker of reserve.splice(0, workers - workersOf(world).length)) {
    worker.launch();
    processes.push(worker);
    await worker.ready();
  }
}

const LOGINS = { api: 'f1_api', worker: 'f1_worker', all: 'f1_app' } as const;

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
  const place = await placeOf(installation, wanted, folder, ends);
  const { receiver, redis, signingKey } = await neighbours(wanted, folder, place, ends);
  const toReceiver = await Link.to(receiver.port);
  ends.push(() => toReceiver.close());
  const database = await installation.clone(place.tablespace);
  ends.push(() => installation.drop(database));
  const ownerUrl = installation.urlFor('f1_owner', database);
  const endpoint = `http://127.0.0.1:${toReceiver.port}/referrals`;
  const listKeys = await addRecipients(ownerUrl, { endpoint, dropFolder: place.dropFolder, keys: receiver });
  const links = { database: [] as Link[], redis: [] as Link[], receiver: toReceiver };
  const about = { installation, wanted, folder, database, dataDir: place.dataDir, redis, links };
  const processes: ApplicationProcess[] = [];
  for (const [name, role] of Object.entries(wanted.processes)) processes.push(await prepared(about, name, role, ends));
  const reserve: ApplicationProcess[] = [];
  for (const name of wanted.reserve ?? []) reserve.push(await prepared(about, name, 'worker', ends));
  for (const process of processes) process.launch();
  await Promise.all(processes.map((process) => process.ready()));
  const journal = new Journal();
  const gate = new Gate();
  const cast = castOf(about, processes, journal, gate);
  const clock = new Clock(ownerUrl);
  return {
    ...place,
    wanted,
    installation,
    database,
    ownerUrl,
    processes,
    reserve,
    links,
    listKeys,
    receiver,
    redis,
    clock,
    journal,
    load: new Load(cast, journal, new Random(wanted.seed + 1), wanted.atOnce, clock, gate),
    random: new Random(wanted.seed),
    disturbed: [],
    restored: undefined,
    signingKey,
    folder,
    close: () => closed(ends),
  };
}

type Place = Pick<World, 'disk' | 'dataDir' | 'dropFolder' | 'tablespace'>;

/** Where it keeps what it keeps: the keys stay where they are when the rest is on a disk that fills. */
async function placeOf(installation: Installation, wanted: WorldWanted, folder: string, ends: Ends): Promise<Place> {
  if (!wanted.smallDisk)
    return { disk: undefined, dataDir: installation.dataDir, dropFolder: join(folder, 'drop'), tablespace: undefined };
  const tablespace = `f1_faults_${worlds}`;
  const disk = SmallDisk.mount(join(dirname(installation.cluster), `disk-${worlds}`));
  ends.push(() => Promise.resolve(disk.unmount()));
  const postgres = disk.folderFor('database', ownerOf(installation.cluster));
  await installation.makeTablespace(tablespace, postgres);
  ends.push(() => installation.dropTablespace(tablespace));
  const dataDir = join(folder, 'data');
  cpSync(installation.dataDir, dataDir, { recursive: true });
  const ours = ownerOf(folder);
  symlinkSync(disk.folderFor('files', ours), join(dataDir, 'files'));
  return { disk, dataDir, dropFolder: disk.folderFor('drop', ours), tablespace };
}

/** What it works with and does not contain: the receiver, and Redis where the queue is there. */
async function neighbours(wanted: WorldWanted, folder: string, { dataDir, dropFolder }: Place, ends: Ends) {
  const config = Object.assign(new Config(), { NODE_ENV: 'test', F1_DATA_DIR: dataDir });
  const signingKey = keysFrom(config).signing.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const receiver = await ReceiverProcess.start({
    dist: wanted.dist,
    folder: join(folder, 'receiver'),
    port: await freePort(),
    sender: signingKey,
    drop: dropFolder,
  });
  ends.push(() => receiver.kill());
  const redis =
    wanted.queue === 'redis' ? await RedisProcess.start(join(folder, 'redis'), await freePort()) : undefined;
  if (redis) ends.push(() => redis.kill());
  return { receiver, redis, signingKey };
}

interface About extends Pick<World, 'installation' | 'wanted' | 'folder' | 'database' | 'dataDir' | 'redis'> {
  readonly links: { readonly database: Link[]; readonly redis: Link[] };
}

/** One process, with links of its own to what it talks to; not yet launched. */
async function prepared(about: About, name: string, role: Role, ends: Ends): Promise<ApplicationProcess> {
  const { installation, wanted, folder, database, dataDir, redis, links } = about;
  const linkTo = async (port: number, among: Link[]): Promise<number> => {
    const link = await Link.to(port);
    ends.push(() => link.close());
    among.push(link);
    return link.port;
  };
  const url = new URL(installation.urlFor(LOGINS[role], database));
  url.port = String(await linkTo(installation.port, links.database));
  const environment: NodeJS.ProcessEnv = {
    DATABASE_URL: url.href,
    F1_DATA_DIR: dataDir,
    F1_CHECKPOINT_MINUTES: '1',
  };
  if (redis && role !== 'api') environment['REDIS_URL'] = `redis://127.0.0.1:${await linkTo(redis.port, links.redis)}`;
  const clock = wanted.ownClocks ? new ProcessClock(join(folder, `${name}.clock`)) : undefined;
  const port = await freePort();
  const process = new ApplicationProcess({ name, role, port, dist: wanted.dist, environment, logs: folder, clock });
  ends.push(() => process.kill());
  return process;
}

function castOf(
  { installation, wanted }: Pick<World, 'installation' | 'wanted'>,
  processes: readonly ApplicationProcess[],
  journal: Journal,
  gate: Gate,
): Players {
  const addresses = (): string[] =>
    processes.filter(({ answersPeople, alive }) => answersPeople && alive).map(({ address }) => address);
  return Object.fromEntries(
    PLAYED.map((name) => [
      name,
      new PatientCaller(name, installation.passwords[name] ?? '', addresses, journal, gate, wanted.patienceMs),
    ]),
  ) as Players;
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
