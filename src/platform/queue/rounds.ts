import type { Phase, Stopping } from './stopping.js';

interface RoundsWanted {
  readonly everyMs: number;
  /** The first one as the process starts, and not after the first interval. */
  readonly atOnce?: boolean;
  readonly phase?: Phase;
}

/**
 * Does work again and again, one round at a time: a tick that meets a round still under way is left out, one that fails is told
 * and followed by the next, and a stop waits for the one under way.
 */
export function inRounds(
  stopping: Stopping,
  { everyMs, atOnce = false, phase = 'relay' }: RoundsWanted,
  round: () => Promise<unknown>,
  failed: (error: Error) => void,
): void {
  let running: Promise<unknown> | undefined;
  const tick = (): void => {
    running ??= round()
      .catch(failed)
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(tick, everyMs);
  stopping.register(phase, async () => {
    clearInterval(timer);
    await running;
  });
  if (atOnce) tick();
}
