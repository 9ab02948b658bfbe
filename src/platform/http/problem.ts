import { STATUS_CODES } from 'node:http';
import { DomainError } from '../database/errors.js';

/** RFC 9457. `errors` points at each bad field of the request body (JSON Pointer). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly [extension: string]: unknown;
}

/** Bad input, field by field. */
export class InvalidInput extends DomainError {
  constructor(
    readonly errors: readonly { readonly pointer: string; readonly detail: string }[],
    message = 'The request has fields that cannot be accepted; each is named with what to send instead.',
  ) {
    super('invalidInput', message);
  }
}

/** HTTP status of every refusal; a code that is not here is a mistake of ours and answers 500. */
const STATUS: Readonly<Record<string, number>> = {
  malformedRequest: 400,
  invalidInput: 400,
  notSignedIn: 401,
  signInRefused: 401,
  forbidden: 403,
  foreignOrigin: 403,
  notFound: 404,
  methodNotAllowed: 405,
  accessRevoked: 403,
  accessSuspended: 409,
  grantRequired: 409,
  fileDiffers: 409,
  notPutToApplicant: 409,
  noCauseToTell: 409,
  fourEyes: 409,
  heldBack: 409,
  nothingToDelay: 409,
  commandRefused: 409,
  certificateMissing: 409,
  noCompetentAuthority: 409,
  blockedRecipient: 409,
  dutyUnmet: 409,
  packageIncomplete: 409,
  conflict: 409,
  notYetCovered: 409,
  staleVersion: 412,
  bodyTooLarge: 413,
  unsupportedMediaType: 415,
  idempotencyKeyReused: 422,
  tellsWhereabouts: 422,
  versionRequired: 428,
  tooManyRequests: 429,
  unavailable: 503,
  storageFull: 507,
};

export const statusOf = (code: string): number | undefined => STATUS[code];

export function problemOf(error: DomainError): Problem {
  const status = statusOf(error.code) ?? 500;
  return {
    type: `/problems/${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    code: error.code,
    ...(error instanceof InvalidInput ? { errors: listed(error.errors) } : {}),
    ...error.data,
  };
}

const MOST_ERRORS = 100;
const LONGEST_POINTER = 400;

/** The first hundred, and how many more: an answer that repeats a hostile body would be larger than the body. */
function listed(errors: InvalidInput['errors']): InvalidInput['errors'] {
  const more = errors.length - MOST_ERRORS;
  const first = errors.slice(0, MOST_ERRORS).map(({ pointer, detail }) => ({ pointer: cut(pointer), detail }));
  return more > 0 ? [...first, { pointer: '', detail: `and ${more} more; mend these first` }] : first;
}

const cut = (pointer: string): string =>
  pointer.length > LONGEST_POINTER ? `${pointer.slice(0, LONGEST_POINTER)}…` : pointer;
