import type { ClassConstructor } from 'class-transformer';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import { escaped, withoutNulls } from './plain-json.js';
import { InvalidInput } from './problem.js';

const RULES = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, stopAtFirstError: false };

/**
 * Checks a request body against its DTO class. Throws InvalidInput with a JSON Pointer for each bad field. What the class does not
 * know is set aside first: the libraries' work grows with the square of the number of names.
 */
export async function validated<T extends object>(type: ClassConstructor<T>, body: unknown): Promise<T> {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new InvalidInput([{ pointer: '', detail: 'send a JSON object' }]);
  }
  const fields = fieldsOf(type);
  const sent = Object.entries(body);
  const unknown = sent.filter(([name, value]) => value !== null && !fields.has(name));
  const known = Object.fromEntries(sent.filter(([name]) => fields.has(name)));
  const instance = plainToInstance(type, withoutNulls(known) as object);
  const errors = await validate(instance, RULES);
  if (unknown.length + errors.length > 0)
    throw new InvalidInput([
      ...unknown.map(([name]) => ({ pointer: `/${escaped(name)}`, detail: UNKNOWN })),
      ...errors.flatMap((error) => pointers(error, '')),
    ]);
  return instance;
}

const UNKNOWN = 'there is no such field here';

const names = new WeakMap<object, ReadonlySet<string>>();

/** The names that a DTO class, or a class it extends, has a rule for. */
function fieldsOf(type: ClassConstructor<object>): ReadonlySet<string> {
  const before = names.get(type);
  if (before) return before;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const found = new Set(rules.map(({ propertyName }) => propertyName));
  names.set(type, found);
  return found;
}

function pointers(error: ValidationError, parent: string): { pointer: string; detail: string }[] {
  const pointer = `${parent}/${escaped(error.property)}`;
  const { isArray } = error.constraints ?? {};
  // What is no list has no entries that could be wrong.
  const said = isArray === undefined ? (error.constraints ?? {}) : { isArray };
  const own = Object.entries(said).map(([rule, detail]) => ({
    pointer,
    detail: rule === 'whitelistValidation' ? UNKNOWN : detail.replace(`${error.property} `, ''),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => pointers(child, pointer))];
}
