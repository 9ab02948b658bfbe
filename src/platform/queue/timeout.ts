export class TimedOut extends Error {
  constructor(what: string, afterMs: number) {
    super(`${what} did not answer within ${afterMs} ms`);
    this.name = 'TimedOut';
  }
}

/** Waits no longer than that: calls to a queue whose server is away may never settle by themselves. */
export async function within<T>(afterMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimedOut(what, afterMs)), afterMs);
  });
  // When the time is over, how the work ends later interests nobody, and must not end the process.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
