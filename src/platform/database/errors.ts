/** A refusal that people can understand: a stable code, a sentence, and data for the answer. */
export class DomainError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'DomainError';
  }
}

export class CommandReused extends DomainError {
  constructor(key: string) {
    super(
      'idempotencyKeyReused',
      `The Idempotency-Key ${JSON.stringify(key)} was used for a different request. Send a new key with a new request.`,
    );
  }
}

export class StaleVersion extends DomainError {
  constructor(seen: number, current: number) {
    super(
      'staleVersion',
      `You decided on version ${seen}, but it is now at version ${current}. Read it again, then repeat.`,
      {
        current,
      },
    );
  }
}

export class NotFound extends DomainError {
  constructor(what: string) {
    super('notFound', `There is no such ${what}, or you may not see it.`);
  }
}

/** What PostgreSQL refused at COMMIT in the name of the law, by SQLSTATE (class F1, raised by our triggers). */
export function refusalOf(error: unknown): DomainError | undefined {
  const { code, message } = error as { code?: string; message?: string };
  if (code === undefined || message === undefined) return undefined;
  if (code === 'F1005') return new DomainError('noCompetentAuthority', `Refused: ${message}.`);
  if (code === 'F1009') return new DomainError('blockedRecipient', `Refused: ${message}.`);
  if (code === 'F1034') return new NotFound('case: its content was erased');
  if (code === 'F1055')
    return new DomainError(
      'conflict',
      'What this would change was changed, or closed to you, while it was asked for, and nothing was written. Read it again, then repeat.',
    );
  if (/^F1\d{3}$/.test(code)) return new DomainError('dutyUnmet', `Refused: ${message}.`);
  return undefined;
}

/** Whether an error says that the database is away, restarting, or takes no more connections, whatever was asked of it. */
export function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    /^(08|57P0)/.test(code ?? '') ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '53300'].includes(code ?? '') ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message ?? '',
    )
  );
}
