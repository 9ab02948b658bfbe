import type { Refused } from '../domain/workflow/decide.js';
import { DomainError } from '../platform/database/errors.js';

/** The chart said no: in which state, why, and what this person may do; `instead` says what to do first, or in its place. */
export class CommandRefused extends DomainError {
  constructor(
    { code, command, state, because, allowed, instead: inItsPlace }: Refused,
    more: Readonly<Record<string, unknown>> = {},
    instead = inItsPlace,
  ) {
    super(
      code === 'roleRefused' ? 'forbidden' : 'commandRefused',
      [`${command} is refused in the state “${state}”.`, ...because, ...(instead ? [instead] : [])].join(' '),
      {
        command,
        state,
        because,
        allowed,
        ...(instead ? { instead } : {}),
        ...more,
      },
    );
  }
}
