import { Injectable } from '@nestjs/common';
import Holidays from 'date-holidays';
import { civil, dayNumber } from '../domain/timeline/calendar.js';
import { Config, ConfigError } from '../platform/config/config.js';

const DAY_MS = 86_400_000;

/** The public holidays of F1_HOLIDAYS, else of the authority's own country, from the data of date-holidays. */
@Injectable()
export class PublicHolidays {
  private readonly calendar: Holidays;
  private readonly years = new Map<number, ReadonlySet<number>>();

  constructor(config: Config) {
    const where = config.F1_HOLIDAYS ?? config.country;
    const known = new Holidays();
    const [country = '', state, region] = where.split('-');
    const fits =
      country in known.getCountries() &&
      (state === undefined || state in (known.getStates(country) ?? {})) &&
      (region === undefined || region in (known.getRegions(country, state ?? '') ?? {}));
    if (!fits)
      throw new ConfigError([
        `F1_HOLIDAYS: no public holidays are known for ${JSON.stringify(where)}; write a country such as BE, or a part of one such as DE-BY`,
      ]);
    this.calendar = new Holidays(where, { types: ['public'] });
  }

  /** `day`: days since 1970-01-01. */
  isHoliday(day: number): boolean {
    const { year } = civil(day);
    const found = this.years.get(year) ?? this.of(year);
    this.years.set(year, found);
    return found.has(day);
  }

  private of(year: number): ReadonlySet<number> {
    const days = new Set<number>();
    for (const { date, start, end } of this.calendar.getHolidays(year)) {
      const [y, month, first] = date.slice(0, 10).split('-').map(Number) as [number, number, number];
      const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
      for (let more = 0; more < length; more++) days.add(dayNumber(y, month, first) + more);
    }
    return days;
  }
}
