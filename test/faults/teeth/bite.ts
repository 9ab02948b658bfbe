import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { disturb, firstFinding } from '../harness/campaign.js';
import { asked } from '../harness/connection.js';
import type { Installation } from '../harness/installation.js';
import { openWorld, type World } from '../harness/world.js';
import type { Finding } from '../oracle/finding.js';
import type { Tooth } from './teeth.js';

const USUAL_WALKS = Array.from({ length: 6 }, () => 'suspected');
/** Longer than any attempt; a planted bug that loses something is not waited for as long as what is well. */
const QUIET_WITHIN_MS = 14_000;
const PATIENCE_MS = 60_000;

/** Throws when a text to be replaced is not in the build as often as it should be: the tooth has to be mended. */
export function checkPlants(root: string, teeth: Readonly<Record<string, Tooth>>): void {
  for (const [name, { patches = [] }] of Object.entries(teeth))
    for (const { file, find, times = 1 } of patches) {
      const found = readFileSync(join(root, 'dist', file), 'utf8').split(find).length - 1;
      if (found !== times)
        throw new Error(
          `mend the tooth ${name}: ${file} has ${JSON.stringify(find)} ${found} times instead of ${times}`,
        );
    }
}

/** Copies the build and plants the bug in it. */
function plant(root: string, folder: string, { patches = [] }: Tooth): string {
  mkdirSync(folder, { recursive: true });
  const dist = join(folder, 'dist');
  cpSync(join(root, 'dist'), dist, { recursive: true, filter: (path) => !path.endsWith('.map') });
  for (const name of ['workflows', 'questionnaires']) symlinkSync(join(root, name), join(folder, name));
  for (const { file, find, put } of patches) {
    const path = join(dist, file);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replaceAll(find, () => put),
    );
  }
  return dist;
}

/** Runs the tooth's own short scenario; gives the first thing that the oracle finds. */
export async function bite(
  installation: Installation,
  root: string,
  { name, tooth, queue }: { name: string; tooth: Tooth; queue: 'redis' | 'postgresql' },
): Promise<Finding | undefined> {
  const folder = join(installation.folder, `tooth-${name}`);
  const dist = plant(root, folder, tooth);
  const world = await openWorld(installation, {
    seed: 1,
    queue,
    dist,
    processes: tooth.apart ? { api: 'api', worker: 'worker' } : { all: 'all' },
    atOnce: 1,
    patienceMs: PATIENCE_MS,
  });
  try {
    return await played(world, tooth);
  } finally {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function played(world: World, { sql, walks = USUAL_WALKS, faults = [], restMs = 0, control }: Tooth) {
  if (sql !== undefined) await asked(world.installation.superuserUrl(world.database), (admin) => admin.query(sql));
  // One after the other in each of two rows, so that the faults meet some of them.
  const row = async (names: readonly string[]): Promise<void> => {
    for (const name of names) await world.load.walk(name);
  };
  const half = Math.ceil(walks.length / 2);
  const walking = Promise.all([row(walks.slice(0, half)), row(walks.slice(half))]);
  let under = true;
  void walking.then(() => (under = false));
  // For as long as there is work to be disturbed, and nobody has noticed.
  do for (const fault of faults) await disturb(world, fault);
  while (under && faults.length > 0 && !control && world.journal.surprises.length === 0);
  await walking;
  await pause(restMs);
  return firstFinding(world, control ? {} : { within: QUIET_WITHIN_MS, hoping: false });
}
