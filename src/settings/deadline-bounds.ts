import { rule } from './authority-rules.js';

const HOURS = { hours: 1, days: 24, workingDays: (24 * 7) / 5 } as const;

/** About how long it is by the calendar, to compare lengths in different units. */
export const hoursOf = (amount: number, unit: keyof typeof HOURS): number => amount * HOURS[unit];

/** House rule: the duties to tell, and what recipients wait for, are never given more days than this. */
const MOST_DAYS: Readonly<Record<string, number>> = {
  refer: 30,
  referBeforeDeparture: 7,
  acknowledge: 60,
  correctionAnswer: 60,
  correctionReview: 14,
  correctionDecision: 14,
  holdDecision: 2,
};

/** Kinds of deadlines that nobody lengthens alone. */
export const DUTIES_TO_TELL: readonly string[] = Object.keys(MOST_DAYS);

/** An amount of the `unit` beside it that the house rule allows the `kind` beside it. */
export const IsWithinBounds = () =>
  rule(
    'isWithinBounds',
    (amount, { kind, unit }) => {
      const most = MOST_DAYS[String(kind)];
      const known = typeof amount === 'number' && typeof unit === 'string' && unit in HOURS;
      return most === undefined || !known || hoursOf(amount, unit as keyof typeof HOURS) <= most * HOURS.days;
    },
    ({ kind }) => `must be at most ${MOST_DAYS[String(kind)]} days by the calendar for ${String(kind)} (house rule)`,
  );
