export type EmbeddedPostgresErrorCode =
  'binariesMissing' | 'folderNotWritable' | 'folderBelongsElsewhere' | 'folderDamaged' | 'otherVersion' | 'notStarted';

/** The local database cannot be used; the message is one sentence for the person who typed the command. */
export class EmbeddedPostgresError extends Error {
  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
  }
}
