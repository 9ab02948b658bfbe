import { Injectable, type PipeTransform } from '@nestjs/common';
import { DomainError } from '../database/errors.js';

/** A SHA-256 in a path, in hex. */
@Injectable()
export class HashPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    const hash = value.toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(hash))
      throw new DomainError(
        'malformedRequest',
        `${JSON.stringify(value.slice(0, 80))} is not a hash: send 64 hex digits.`,
      );
    return hash;
  }
}
