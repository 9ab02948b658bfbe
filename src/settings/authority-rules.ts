import { registerDecorator, type ValidationArguments } from 'class-validator';
import { knowsHolidaysOf } from '../deadlines/public-holidays.js';
import { publicKeyOf } from '../referrals/envelope.js';
import { canonicalEndpoint } from './endpoint-spelling.js';

export const AUTHORITY_KINDS = ['prosecution', 'police', 'tribunal', 'embassy', 'interpolBureau', 'other'] as const;

/** The living states of the person's chart. */
export const WHEREABOUTS = ['present', 'detained', 'unknown', 'left', 'transferred', 'surrendered', 'removed'] as const;

/** These sit in one country and speak for another, which is the one that blocks them. */
export const speaksForACountry = (kind: string | undefined): boolean => kind === 'embassy' || kind === 'interpolBureau';

const KEY_TYPES: Readonly<Record<string, readonly string[]>> = {
  encryption: ['x25519', 'ec P-256'],
  receipt: ['ed25519'],
};

/** A public key fit for the `purpose` beside it. */
export const IsPublicKey = () =>
  rule(
    'isPublicKey',
    (value, { purpose }) => KEY_TYPES[String(purpose)]?.includes(typeOf(value)) ?? true,
    ({ purpose }) =>
      purpose === 'receipt'
        ? 'must be an Ed25519 public key, SPKI DER in base64'
        : 'must be an X25519 or P-256 public key, SPKI DER in base64',
  );

/** Whose public holidays are known: a country, or a part of one. */
export const IsCalendar = () =>
  rule(
    'isCalendar',
    (value) => typeof value === 'string' && knowsHolidaysOf(value),
    () => 'must be a country whose public holidays are known, such as BE, or a part of one, such as DE-BY',
  );

/** What the `channel` beside it can reach, in the one spelling that is kept. */
export const IsEndpoint = () =>
  rule(
    'isEndpoint',
    (value, { channel }) => typeof value === 'string' && value === canonicalEndpoint(channel, value),
    ({ channel, endpoint }) => {
      const canonical = canonicalEndpoint(channel, endpoint);
      if (canonical !== null) return `must be spelt ${canonical}`;
      return channel === 'file'
        ? 'must be the drop folder, such as file:///srv/drop/prosecution'
        : 'must be an http or https URL';
    },
  );

/** Of a channel over which receipts come back signed: something beside it verifies them. */
export const HasReceiptKey = () =>
  rule(
    'hasReceiptKey',
    (channel, { keys, receiptPublicKey }) =>
      (channel !== 'webhook' && channel !== 'file') ||
      receiptPublicKey !== undefined ||
      (Array.isArray(keys) && keys.some((key: { purpose?: unknown } | null) => key?.purpose === 'receipt')),
    ({ channel }) =>
      `${String(channel)} brings signed receipts back: add the key that verifies them to its "keys", with "purpose": "receipt"`,
  );

function typeOf(value: unknown): string {
  try {
    const key = publicKeyOf(String(value));
    const curve = key.asymmetricKeyDetails?.namedCurve;
    return curve === 'prime256v1' ? 'ec P-256' : (key.asymmetricKeyType ?? '');
  } catch {
    return '';
  }
}

type Beside = Readonly<Record<string, unknown>>;

/** A check of one property by what stands beside it. */
export const rule =
  (
    name: string,
    test: (value: unknown, beside: Beside) => boolean,
    says: (beside: Beside) => string,
  ): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      options: {},
      validator: {
        validate: (value: unknown, { object }: ValidationArguments) => test(value, object as Beside),
        defaultMessage: ({ object }: ValidationArguments) => says(object as Beside),
      },
    });
