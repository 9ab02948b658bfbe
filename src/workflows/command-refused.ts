import type { Refused } from '../domain/workflow/decide.js';
import { DomainError } from '../platform/database/errors.js';

/** The chart said no: in which state, why, and what this person may do instead. */
export class CommandRefused extends DomainError {
  constructor({ code, command, state, because, allowed }: Refused, more: Readonly<Record<string, unknown>> = {}) {
    super(
      code === 'roleRefused' ? 'forbidden' : 'commandRefused',
      `${command} is refused in the state “${state}”. ${because.join(' ')}`,
      {
        command,
        state,
        because,
        allowed,
        ...more,
      },
    );
  }
}
