import { Injectable, type PipeTransform } from '@nestjs/common';
import { DomainError } from '../platform/database/errors.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HASH = /^[0-9a-f]{64}$/;

/** A questionnaire in a path: its id, or the hash of a published one. */
@Injectable()
export class NamePipe implements PipeTransform<string, string> {
  transform(value: string): string {
    const name = value.toLowerCase();
    if (UUID.test(name) || HASH.test(name)) return name;
    throw new DomainError(
      'malformedRequest',
      `${JSON.stringify(value.slice(0, 80))} names no questionnaire: send its id, or the hash of a published one.`,
    );
  }
}

/** Where a questionnaire is to be changed, its id only. */
@Injectable()
export class VersionIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    const id = value.toLowerCase();
    if (UUID.test(id)) return id;
    throw new DomainError(
      'malformedRequest',
      `${JSON.stringify(value.slice(0, 80))} is no id of a questionnaire: send the "id" that GET /api/questionnaires shows.`,
    );
  }
}
