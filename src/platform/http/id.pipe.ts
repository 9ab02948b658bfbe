import { Injectable, type PipeTransform } from '@nestjs/common';
import { DomainError } from '../database/errors.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A UUID in a path, in the one spelling that the database and the sealing places use. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    const id = value.toLowerCase();
    if (!UUID.test(id))
      throw new DomainError('malformedRequest', `${JSON.stringify(value.slice(0, 60))} is not an id: send a UUID.`);
    return id;
  }
}
