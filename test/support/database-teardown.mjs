import { removeSoftHsm } from './softhsm-setup.mjs';

/** Ends the run's use of PostgreSQL and waits until its databases are gone. */
export default async function teardown() {
  removeSoftHsm();
  const holder = globalThis.f1DatabaseHolder;
  if (!holder || holder.exitCode !== null) return;
  holder.ref();
  await new Promise((resolve) => {
    holder.once('exit', resolve);
    holder.stdin.end();
  });
}
