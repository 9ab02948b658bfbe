import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './faults.js';
import { ask, type World, workersOf } from './world.js';

const SECOND = 1000;
const PATIENCE_MS = 45 * SECOND;

const DROPPED = `
  SELECT o.id, EXISTS (SELECT FROM receipt p WHERE p.referral_id = o.id) AS receipted
  FROM obligation o JOIN authority a ON a.id = o.authority_id WHERE a.channel = 'file' ORDER BY o.id`;

const dropped = (world: World) => ask<{ id: string; receipted: boolean }>(world, DROPPED);

async function eventually(world: World, what: string, holds: () => Promise<boolean>): Promise<boolean> {
  for (let waited = 0; !(await holds()); waited += 250) {
    if (waited > PATIENCE_MS) {
      world.journal.surprise(`after ${PATIENCE_MS / SECOND} s ${what}`);
      return false;
    }
    await pause(250);
  }
  return true;
}

/** What the recipient's key says of the same referral once more, at a later time: a second receipt, not a copy of the first. */
function signedAgain(world: World, receipt: string): string {
  const key = createPrivateKey(readFileSync(join(world.folder, 'receiver', 'receipt.key')));
  const [head = '', payload = ''] = receipt.split('.');
  const said = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
  const later = { ...said, receivedAt: new Date().toISOString() };
  const text = `${head}.${Buffer.from(JSON.stringify(later)).toString('base64url')}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/**
 * Of two referrals in the drop folder, the receipt of the first comes under its own name, under that of the second before the
 * second's own, under a name nobody knows, again when it is recorded, signed once more, and to a worker that has just started.
 */
const receiptFilesComeAgain: Fault = async (world) => {
  const before = new Set((await dropped(world)).map(({ id }) => id));
  await Promise.all([world.load.walk('toldByFolder'), world.load.walk('toldByFolder')]);
  const [first, second] = (await dropped(world)).map(({ id }) => id).filter((id) => !before.has(id));
  if (first === undefined || second === undefined)
    return world.journal.surprise('nothing was put into the drop folder');
  const receipts = join(world.dropFolder, 'receipts');
  mkdirSync(receipts, { recursive: true });
  const [one, two] = [join(receipts, `${first}.jws`), join(receipts, `${second}.jws`)];
  const put = (file: string, text: string): void => {
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  };
  const there = () => Promise.resolve(existsSync(one) && existsSync(two));
  if (!(await eventually(world, 'the recipient has not answered in the drop folder', there))) return;
  const [ofFirst, ofSecond] = [readFileSync(one, 'utf8'), readFileSync(two, 'utf8')];
  put(two, ofFirst);
  put(join(receipts, `${randomUUID()}.jws`), ofFirst);
  put(join(receipts, `${first} (2).jws`), ofFirst);
  const recorded = (wanted: string) => async () =>
    (await dropped(world)).some(({ id, receipted }) => id === wanted && receipted);
  if (!(await eventually(world, 'the first receipt is not recorded', recorded(first)))) return;
  put(one, ofFirst);
  put(two, ofSecond);
  if (!(await eventually(world, 'the second receipt is not recorded', recorded(second)))) return;
  put(one, signedAgain(world, ofFirst));
  put(two, ofFirst);
  const worker = world.random.pick(workersOf(world));
  await worker.stop();
  worker.launch();
  await worker.ready();
};

export const DUPLICATE_FAULTS: Readonly<Record<string, Fault>> = {
  receiptFilesComeAgain,
  /** A prosecutor's act under one key: twice at once, and once more after another act. */
  acknowledgementsComeAgain: async ({ load }) => {
    await Promise.all([load.walk('acknowledgedAgain'), load.walk('acknowledgedAgain')]);
  },
};
