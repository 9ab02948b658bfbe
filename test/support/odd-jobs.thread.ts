import { answerJobs } from '../../src/platform/threads/in-thread.js';

interface OddJob {
  readonly echo?: unknown;
  readonly throws?: string;
  readonly forEver?: boolean;
  readonly exits?: number | false;
  readonly hoards?: boolean;
}

/** Jobs that go wrong, each in its way. */
answerJobs(({ echo, throws, forEver, exits, hoards }: OddJob) => {
  if (throws !== undefined) throw new Error(throws);
  while (forEver);
  if (typeof exits === 'number') process.exit(exits);
  const hoard: string[][] = [];
  while (hoards) hoard.push(Array.from({ length: 100_000 }, (_, index) => `${index}`));
  return echo;
});
