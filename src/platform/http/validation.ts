import type { ClassConstructor } from 'class-transformer';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { withoutNulls } from './plain-json.js';
import { InvalidInput } from './problem.js';

const RULES = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, stopAtFirstError: false };

/** Checks a request body against its DTO class. Throws InvalidInput with a JSON Pointer for each bad field. */
export async function validated<T extends object>(type: ClassConstructor<T>, body: unknown): Promise<T> {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new InvalidInput([{ pointer: '', detail: 'send a JSON object' }]);
  }
  const instance = plainToInstance(type, withoutNulls(body) as object);
  const errors = await validate(instance, RULES);
  if (errors.length > 0) throw new InvalidInput(errors.flatMap((error) => pointers(error, '')));
  return instance;
}

function pointers(error: ValidationError, parent: string): { pointer: string; detail: string }[] {
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, detail]) => ({
    pointer,
    detail: rule === 'whitelistValidation' ? 'there is no such field here' : detail.replace(`${error.property} `, ''),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => pointers(child, pointer))];
}
