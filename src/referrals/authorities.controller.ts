import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { MoreThan } from 'typeorm';
import { Allows } from '../identity/allows.decorator.js';
import { Database } from '../platform/database/database.js';
import { type Actor, CurrentActor, type Role } from '../platform/http/actor.js';
import { linkNext, PageQuery, pageOf, readCursor } from '../platform/http/page.js';
import { Authority } from './authority.entity.js';
import { CHANNELS } from './delivery-channel.js';

class CompetenceView {
  @ApiProperty({ type: [String], enum: ['exclusion', 'suspicion', 'account'] })
  kinds!: string[];

  @ApiProperty({ type: [String] })
  grounds!: string[];

  @ApiProperty({ type: [String], nullable: true, description: 'Countries of the person it is limited to, if any.' })
  countries!: string[] | null;

  @ApiProperty({ type: [String], nullable: true, description: 'Countries of the acts it is limited to, if any.' })
  actCountries!: string[] | null;

  @ApiProperty({ type: [String], nullable: true, description: 'Whereabouts of the person it is limited to, if any.' })
  whereabouts!: string[] | null;

  @ApiProperty()
  legalBasis!: string;

  @ApiProperty({ format: 'date' })
  validFrom!: string;

  @ApiProperty({ format: 'date', nullable: true, type: String })
  validUntil!: string | null;
}

class ContactView {
  @ApiProperty()
  office!: string;

  @ApiPropertyOptional()
  address?: string;

  @ApiPropertyOptional()
  phone?: string;

  @ApiPropertyOptional({ type: [String] })
  languages?: readonly string[];
}

/** Who calls an authority: the asylum side, colleagues at other authorities, the operator. */
const CALLERS: readonly Role[] = [
  'caseOfficer',
  'officer1F',
  'reviewer',
  'legalAdviser',
  'decisionMaker',
  'prosecutor',
  'operator',
];

class AuthorityView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  code!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ example: 'BE' })
  country!: string;

  @ApiProperty({ enum: ['prosecution', 'police', 'tribunal', 'embassy', 'interpolBureau', 'other'] })
  kind!: string;

  @ApiProperty({ nullable: true, type: String, description: 'The country it speaks for, where that is another one.' })
  represents!: string | null;

  @ApiProperty({ enum: CHANNELS })
  channel!: string;

  @ApiProperty({ nullable: true, type: String, description: 'Whose public holidays its clocks leave out.' })
  calendar!: string | null;

  @ApiProperty({
    type: [ContactView],
    description: 'For those who speak with authorities; empty for authors and auditors.',
  })
  contacts!: readonly ContactView[];

  @ApiProperty({ type: [CompetenceView] })
  competences!: CompetenceView[];
}

class AuthorityPage {
  @ApiProperty({ type: [AuthorityView] })
  items!: readonly AuthorityView[];

  @ApiProperty({ nullable: true, type: String })
  next!: string | null;
}

/** Who is told, and by which law. */
@ApiTags('Definitions')
@Controller('authorities')
export class AuthoritiesController {
  constructor(private readonly database: Database) {}

  @Get()
  @Allows('read', 'Authority')
  @ApiOperation({ summary: 'The authorities that may be told, and by which law.' })
  @ApiOkResponse({ type: AuthorityPage })
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AuthorityPage> {
    const after = readCursor(query.cursor, ['code']);
    const authorities = await this.database.inActorTx(actor.id, ({ manager }) =>
      manager.getRepository(Authority).find({
        relations: { competences: true },
        where: { code: MoreThan(String(after?.['code'] ?? '')) },
        order: { code: 'ASC' },
        take: query.limit + 1,
      }),
    );
    const calls = actor.roles.some((role) => CALLERS.includes(role));
    const view = (authority: Authority): AuthorityView => authorityView(authority, calls);
    const page = pageOf(authorities, query.limit, view, ({ code }) => ({ code }));
    linkNext(response, page.next);
    return page;
  }
}

function authorityView(authority: Authority, calls: boolean): AuthorityView {
  const { id, code, name, kind, country, represents, channel, calendar, contacts, competences } = authority;
  return {
    id,
    code,
    name,
    kind,
    country,
    represents,
    channel,
    calendar,
    contacts: calls ? contacts : [],
    competences: competences.map((rule) => ({
      kinds: rule.kinds,
      grounds: rule.grounds,
      countries: rule.countries,
      actCountries: rule.actCountries,
      whereabouts: rule.whereabouts,
      legalBasis: rule.legalBasis,
      validFrom: rule.validFrom,
      validUntil: rule.validUntil,
    })),
  };
}
