export interface AfterCorrection {
  readonly reasons: string;
  /** After a mistaken identity: by what it was established anew who the person is. */
  readonly identityEstablished?: string;
}

/** What the recipients read as the reasons. */
export const reasonsAfterCorrection = ({ reasons, identityEstablished }: AfterCorrection): string =>
  identityEstablished === undefined
    ? reasons
    : `${reasons}\n\nWho the person is was established anew: ${identityEstablished}`;
