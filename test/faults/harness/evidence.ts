import type { Evidence } from '../oracle/finding.js';
import { reconciled } from './command-line.js';
import { ask, publicKeyOf, type World } from './world.js';

/** What the oracle may look at of a world. */
export const evidenceOf = (world: World): Evidence => ({
  ask: (text, values) => ask(world, text, values),
  receiverLog: world.receiver.log,
  receiverKey: publicKeyOf(world.receiver.receiptPublicKey),
  installationKey: publicKeyOf(world.signingKey),
  journal: world.journal.all(),
  surprises: world.journal.surprises,
  reconcile: () => reconciled(world),
  restarts: world.clock.restarts,
  held: world.clock.held,
  doubts: world.clock.doubts,
  jumps: world.clock.jumps,
  faults: world.disturbed.flatMap(({ from, to }) => world.clock.shown(from, to)),
  restored: world.restored,
});
