import { DomainError } from '../platform/database/errors.js';

/** Who is barred from a file stays so on one person's word. */
export const unblockedByTwo = (): DomainError =>
  new DomainError(
    'fourEyes',
    'You asked for this already, and the recipients it bars stay barred: somebody else who works on the case does the same where they agree.',
  );
