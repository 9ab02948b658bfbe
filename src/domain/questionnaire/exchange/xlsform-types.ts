import type { QuestionType } from '../format.js';

/** What a type of a form becomes; `todo` when it is only nearly the same. */
export interface FormType {
  type: QuestionType;
  list?: string;
  orOther?: true;
  todo?: string;
}

const PLAIN: Readonly<Record<string, FormType>> = {
  text: { type: 'text' },
  string: { type: 'text' },
  integer: { type: 'integer' },
  int: { type: 'integer' },
  decimal: { type: 'decimal' },
  date: { type: 'date' },
  acknowledge: { type: 'boolean' },
  trigger: { type: 'boolean' },
  range: { type: 'decimal' },
  geopoint: { type: 'place' },
  image: { type: 'document' },
  photo: { type: 'document' },
  file: { type: 'document' },
  datetime: {
    type: 'date',
    todo: 'a date question keeps the day; ask for the time in a question of its own where it matters',
  },
  time: { type: 'text', todo: 'there is no time of day; it was imported as a text' },
  barcode: { type: 'text', todo: 'nothing is scanned; it was imported as a text' },
  geotrace: { type: 'text', todo: 'there are no lines on a map; it was imported as a text' },
  geoshape: { type: 'text', todo: 'there are no areas on a map; it was imported as a text' },
  audio: { type: 'text', todo: 'interviews are recorded as a whole; it was imported as a text' },
  video: { type: 'text', todo: 'interviews are recorded as a whole; it was imported as a text' },
};

/** What a cell of the column `type` asks for; nothing when it is no question. */
export function formType(written: string): FormType | undefined {
  const [first = '', second = '', ...rest] = written.trim().split(/\s+/);
  const words = /^select$/i.test(first) ? [`select_${second}`, ...rest] : [first, second, ...rest];
  const [kind = '', list = '', other = ''] = words.filter((word) => word !== '');
  const orOther = /^or_other$/i.test(other) ? { orOther: true as const } : {};
  switch (kind.toLowerCase()) {
    case 'select_one':
      return list === '' ? undefined : { type: 'choice', list, ...orOther };
    case 'select_multiple':
      return list === '' ? undefined : { type: 'multiChoice', list, ...orOther };
    case 'rank':
      return list === ''
        ? undefined
        : {
            type: 'multiChoice',
            list,
            todo: 'answers are not put in an order; it was imported as a choice of several',
          };
    default:
      return PLAIN[written.trim().toLowerCase()];
  }
}

/** What a device notes by itself. */
export const METADATA: readonly string[] = [
  'start', 'end', 'today', 'deviceid', 'subscriberid', 'simserial', 'phonenumber', 'phone number', 'username', 'email', 'audit',
  'start-geopoint', 'background-audio',
]; // prettier-ignore
