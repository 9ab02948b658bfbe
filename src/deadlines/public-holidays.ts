import { Injectable } from '@nestjs/common';
import Holidays from 'date-holidays';
import { civil, dayNumber } from '../domain/timeline/calendar.js';
import { Config, ConfigError } from '../platform/config/config.js';

const DAY_MS = 86_400_000;

/** The public holidays of F1_HOLIDAYS, else of the authority's own country, from the data of date-holidays. */
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
      const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
      for (let more = 0; more < length; more++) days.add(dayNumber(y, month, first) + more);
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
