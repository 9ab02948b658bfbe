import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { API_POINTS, type ApplicationProcess, WORKER_POINTS } from './application-process.js';
import { CLOCK_FAULTS } from './clock-faults.js';
import { asked } from './connection.js';
import { diskFull } from './disk-fault.js';
import { DUPLICATE_FAULTS } from './duplicates.js';
import { olderBackupRestored } from './restore.js';
import { apisOf, employ, type World, workersOf } from './world.js';

/**
 * A fault by name: done to a world under load, and over when it settles. What it broke is mended by then. May answer what there is to
 * say of it: what was done instead, where the work did not come by.
 */
export type Fault = (world: World) => Promise<string | void>;

const SECOND = 1000;

/** A killed process comes back, as a supervisor would bring it. */
async function killed(process: ApplicationProcess): Promise<void> {
  await process.kill();
  process.launch();
  await process.ready();
}

/** Kills at a named point of the work; where the work does not come by in time, anywhere. */
const killedAt =
  (point: string, role: 'api' | 'worker'): Fault =>
  async (world) => {
    const process = world.random.pick(role === 'api' ? apisOf(world) : workersOf(world));
    if (point.startsWith('fail.')) await world.receiver.misbehave('error500');
    process.arm(point, world.random.whole(0, 3));
    for (let waited = 0; process.alive && waited < 5 * SECOND; waited += 50) await pause(50);
    await world.receiver.misbehave('none');
    const instead = process.alive ? 'not reached, killed elsewhere' : undefined;
    await killed(process);
    return instead;
  };

/** The receiver misbehaves for a while. */
const receiverSays =
  (fault: string, ms: number): Fault =>
  async ({ receiver }) => {
    await receiver.misbehave(fault);
    await pause(ms);
    await receiver.misbehave('none');
  };

const during =
  (ms: number, begin: (world: World) => void, end: (world: World) => void): Fault =>
  async (world) => {
    begin(world);
    await pause(ms);
    end(world);
  };

async function killBackends(world: World): Promise<void> {
  const rows = await asked(world.installation.superuserUrl(), async (admin) => {
    const found = await admin.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [world.database],
    );
    return found.rows;
  });
  if (rows.length > 0) process.kill(world.random.pick(rows).pid, 'SIGKILL');
}

/** Its own cluster's postmaster, named by the lock file; the embedded server is started again by its user, this harness. */
function killPostmaster({ installation }: World): void {
  const pid = Number(readFileSync(join(installation.cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
  if (pid > 1) process.kill(pid, 'SIGKILL');
}

const terminateConnections = (world: World): Promise<unknown> =>
  asked(world.installation.superuserUrl(), (admin) =>
    admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [world.database]),
  );

/** On every queue backend: all jobs are gone at once. */
async function loseJobs(world: World): Promise<void> {
  if (world.redis) await world.redis.flushAll();
  else
    await asked(world.installation.superuserUrl(world.database), (admin) => admin.query('TRUNCATE bullmq.job CASCADE'));
}

/** Every third COMMIT with an event fails as on a full disk, at the very last moment: in a deferred trigger. */
const FAILING_COMMITS = `
  CREATE FUNCTION f1_faults_fail() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF random() < 0.33 THEN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER faults_fail AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION f1_faults_fail()`;

async function failCommits(world: World): Promise<void> {
  await asked(world.ownerUrl, (owner) => owner.query(FAILING_COMMITS));
  await pause(3 * SECOND);
  await asked(world.ownerUrl, (owner) => owner.query('DROP FUNCTION f1_faults_fail() CASCADE'));
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  killApi: (world) => killed(world.random.pick(apisOf(world))),
  killWorker: (world) => killed(world.random.pick(workersOf(world))),
  killAllWorkers: async (world) => {
    await Promise.all(workersOf(world).map((process) => process.kill()));
    await pause(SECOND);
    await Promise.all(workersOf(world).map((process) => killed(process)));
  },
  ...Object.fromEntries(API_POINTS.map((point) => [`killApi:${point}`, killedAt(point, 'api')])),
  ...Object.fromEntries(WORKER_POINTS.map((point) => [`killWorker:${point}`, killedAt(point, 'worker')])),
  rollingRestart: async (world) => {
    for (const process of [...world.processes]) {
      await process.stop();
      process.launch();
      await process.ready();
    }
    const most = workersOf(world).length + world.reserve.length;
    const workers = world.random.whole(Math.min(2, most), most);
    await employ(world, workers);
    return `${workers} workers from here on`;
  },
  freezeWorkerPastLease: async (world) => {
    const process = world.random.pick(workersOf(world));
    await world.receiver.misbehave('hang');
    await pause(SECOND);
    process.freeze();
    await world.receiver.misbehave('none');
    await world.clock.jump(40 * SECOND);
    await pause(2 * SECOND);
    process.thaw();
  },
  killBackend: async (world) => {
    await killBackends(world);
    await pause(2 * SECOND);
  },
  killPostmaster: async (world) => {
    killPostmaster(world);
    await pause(3 * SECOND);
  },
  terminateConnections: async (world) => {
    await terminateConnections(world);
    await pause(SECOND);
  },
  loseJobs,
  loseJobsWhileActive: async (world) => {
    await world.receiver.misbehave('hang');
    await pause(SECOND);
    await loseJobs(world);
    await world.receiver.misbehave('none');
  },
  commitsFail: failCommits,
  cutDatabase: during(
    1_500,
    (world) => world.links.database.forEach((link) => link.cut()),
    (world) => world.links.database.forEach((link) => link.heal()),
  ),
  holdDatabase: during(
    3 * SECOND,
    ({ links, random }) => random.pick(links.database).hold(),
    ({ links }) => links.database.forEach((link) => link.heal()),
  ),
  cutReceiver: during(
    2 * SECOND,
    ({ links }) => links.receiver.cut(),
    ({ links }) => links.receiver.heal(),
  ),
  holdReceiver: during(
    3 * SECOND,
    ({ links }) => links.receiver.hold(),
    ({ links }) => links.receiver.heal(),
  ),
  killReceiver: async ({ receiver }) => {
    await receiver.kill();
    await pause(SECOND);
    await receiver.start();
  },
  receiverDownFor30Days: async (world) => {
    await world.receiver.kill();
    for (let day = 0; day < 30; day++) {
      await world.clock.jump(24 * 3600 * SECOND);
      await pause(100);
    }
    await world.receiver.start();
  },
  receiver500: receiverSays('error500', 2 * SECOND),
  receiver429: receiverSays('tooManyRequests', 2 * SECOND),
  receiverRedirects: receiverSays('redirect', 2 * SECOND),
  receiverHangs: receiverSays('hang', 2 * SECOND),
  receiverDrips: receiverSays('slowDrip', 2 * SECOND),
  receiverResets: receiverSays('resetAfterProcessing', 2 * SECOND),
  receiverUnsigned: receiverSays('unsignedReceipt', 2 * SECOND),
  receiverSignsWrongly: receiverSays('wrongReceipt', 2 * SECOND),
  receiverReplays: receiverSays('replayedReceipt', 2 * SECOND),
  receiverAnswersHugely: receiverSays('hugeResponse', 2 * SECOND),
  ...CLOCK_FAULTS,
  ...DUPLICATE_FAULTS,
  diskFull,
  olderBackupRestored,
};

/** What is done to our own processes, and what may happen around them at the same time; nothing that is waited for to be noticed. */
const TO_PROCESSES = /^(kill(Api|Worker|AllWorkers)(?!:fail)|rollingRestart)/;
const AROUND_THEM =
  /^(cut|hold|loseJobs|killBackend|killReceiver|killRedis|terminateConnections|receiver(?!DownFor30Days|FilesComeAgain))/;

/** Whether one fault may be on while the other is. */
export const mayOverlap = (one: string, other: string): boolean =>
  (TO_PROCESSES.test(one) && AROUND_THEM.test(other)) || (TO_PROCESSES.test(other) && AROUND_THEM.test(one));

/** Where the queue runs on Redis. */
export const REDIS_FAULTS: Readonly<Record<string, Fault>> = {
  killRedis: async ({ redis }) => {
    await redis?.kill();
    await pause(2 * SECOND);
    await redis?.start();
  },
  killRedisAndDeleteFiles: async ({ redis }) => {
    await redis?.kill();
    redis?.deleteFiles();
    await pause(2 * SECOND);
    await redis?.start();
  },
  cutRedis: during(
    4 * SECOND,
    ({ links }) => links.redis.forEach((link) => link.cut()),
    ({ links }) => links.redis.forEach((link) => link.heal()),
  ),
};
