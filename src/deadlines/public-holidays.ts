import { Injectable } from '@nestjs/common';
import Holidays from 'date-holidays';
import { civil, dayNumber } from '../domain/timeline/calendar.js';
import { Config, ConfigError } from '../platform/config/config.js';

const HOUR_MS = 3_600_000;

/**
 * The public holidays of F1_HOLIDAYS, else of the authority's own country, from the data of date-holidays. A day that is a holiday in
 * part, such as 24 December from 13:00 in Iceland, is a working day: whoever must act by its end can act in the morning.
 */
@Injectable()
export class PublicHolidays {
  private readonly own: string;
  private readonly calendars = new Map<string, Holidays>();
  private readonly years = new Map<string, ReadonlySet<number>>();

  constructor(config: Config) {
    this.own = config.F1_HOLIDAYS ?? config.country;
    if (!knowsHolidaysOf(this.own))
      throw new ConfigError([
        `F1_HOLIDAYS: no public holidays are known for ${JSON.stringify(this.own)}; write a country such as BE, or a part of one such as DE-BY`,
      ]);
  }

  /** `day`: days since 1970-01-01; `where`: a country or a part of one, such as DE-BY, else our own. */
  isHoliday(day: number, where = this.own): boolean {
    const { year } = civil(day);
    const key = `${where} ${year}`;
    const found = this.years.get(key) ?? this.of(year, where);
    this.years.set(key, found);
    return found.has(day);
  }

  private of(year: number, where: string): ReadonlySet<number> {
    const calendar = this.calendars.get(where) ?? new Holidays(where, { types: ['public'] });
    this.calendars.set(where, calendar);
    const days = new Set<number>();
    for (const { date, start, end } of calendar.getHolidays(year)) {
      const [y, month, first] = date.slice(0, 10).split('-').map(Number) as [number, number, number];
      // Local time of its beginning; a change of the clock may cost a whole day an hour or two.
      const [hour, minute] = date.slice(11, 16).split(':').map(Number) as [number, number];
      const begins = hour + minute / 60;
      const ends = begins + (end.getTime() - start.getTime()) / HOUR_MS;
      for (let day = begins > 0 ? 1 : 0; 24 * (day + 1) <= ends + 2; day++) days.add(dayNumber(y, month, first) + day);
    }
    return days;
  }
}

/** Whether public holidays are known for a country such as BE, or a part of one such as DE-BY. */
export function knowsHolidaysOf(where: string): boolean {
  const known = new Holidays();
  const [country = '', state, region] = where.split('-');
  return (
    country in known.getCountries() &&
    (state === undefined || state in (known.getStates(country) ?? {})) &&
    (region === undefined || region in (known.getRegions(country, state ?? '') ?? {}))
  );
}
