import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { disturb, judged } from '../harness/campaign.js';
import { asked, type Installation } from '../harness/installation.js';
import { openWorld, type World } from '../harness/world.js';
import type { Verdict } from '../oracle/oracle.js';
import type { Tooth } from './teeth.js';

const USUAL_WALKS = Array.from({ length: 6 }, () => 'suspected');
/** Long enough for what is well; a planted bug that loses something is not waited for as long. */
const QUIET_WITHIN_MS = 14_000;
const PATIENCE_MS = 15_000;

/** Copies the build and plants the bug in it. Throws when a text to be replaced is not there as often as it should be. */
export function plant(root: string, folder: string, { patches = [] }: Tooth): string {
  mkdirSync(folder, { recursive: true });
  const dist = join(folder, 'dist');
  cpSync(join(root, 'dist'), dist, { recursive: true, filter: (path) => !path.endsWith('.map') });
  for (const name of ['workflows', 'questionnaires']) symlinkSync(join(root, name), join(folder, name));
  for (const { file, find, put, times = 1 } of patches) {
    const text = readFileSync(join(dist, file), 'utf8');
    const found = text.split(find).length - 1;
    if (found !== times)
      throw new Error(`${file} has ${JSON.stringify(find)} ${found} times instead of ${times}: mend this tooth`);
    writeFileSync(
      join(dist, file),
      text.replaceAll(find, () => put),
    );
  }
  return dist;
}

/** Runs the tooth's own short scenario; the verdict tells what the oracle found. */
export async function bite(
  installation: Installation,
  root: string,
  { name, tooth, queue }: { name: string; tooth: Tooth; queue: 'redis' | 'postgresql' },
): Promise<Verdict> {
  const folder = join(installation.folder, `tooth-${name}`);
  const dist = plant(root, folder, tooth);
  const world = await openWorld(installation, {
    seed: 1,
    queue,
    dist,
    apis: 1,
    workers: 1,
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

async function played(world: World, { sql, walks = USUAL_WALKS, faults = [], restMs = 0 }: Tooth): Promise<Verdict> {
  if (sql !== undefined) await asked(world.installation.superuserUrl(world.database), (admin) => admin.query(sql));
  // One after the other in each of two rows, so that the faults meet some of them.
  const row = async (names: readonly string[]): Promise<void> => {
    for (const name of names) await world.load.walk(name);
  };
  const half = Math.ceil(walks.length / 2);
  const walking = Promise.all([row(walks.slice(0, half)), row(walks.slice(half))]);
  let under = true;
  void walking.then(() => (under = false));
  // For as long as there is work to be disturbed.
  do for (const fault of faults) await disturb(world, fault);
  while (under && faults.length > 0);
  await walking;
  await pause(restMs);
  return judged(world, QUIET_WITHIN_MS);
}
