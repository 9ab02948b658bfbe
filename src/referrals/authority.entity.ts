import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm';
import type { Channel } from './delivery-channel.js';

/** Whom to call there. */
export interface Contact {
  readonly office: string;
  readonly address?: string;
  readonly phone?: string;
  readonly languages?: readonly string[];
}

/** A recipient of referrals. */
@Entity('authority')
export class Authority {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  code!: string;

  @Column('text')
  name!: string;

  @Column('text')
  country!: string;

  @Column('text')
  channel!: Channel;

  @Column('text')
  kind!: string;

  @Column('text', { nullable: true })
  represents!: string | null;

  @Column('text', { nullable: true })
  calendar!: string | null;

  @Column('jsonb')
  contacts!: readonly Contact[];

  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt!: Date | null;

  @OneToMany(() => CompetenceRule, (rule) => rule.authority)
  competences!: Relation<CompetenceRule>[];
}

/** From when until when, for what and by which law an authority must be told. */
@Entity('competence_rule')
export class CompetenceRule {
  @PrimaryColumn('uuid')
  id!: string;

  @PrimaryColumn('integer')
  version!: number;

  @ManyToOne(() => Authority, (authority) => authority.competences)
  @JoinColumn({ name: 'authority_id' })
  authority!: Relation<Authority>;

  @Column('text', { array: true })
  kinds!: string[];

  @Column('text', { array: true })
  grounds!: string[];

  @Column('text', { array: true, nullable: true })
  countries!: string[] | null;

  @Column('text', { name: 'act_countries', array: true, nullable: true })
  actCountries!: string[] | null;

  @Column('text', { array: true, nullable: true })
  whereabouts!: string[] | null;

  @Column('text', { name: 'legal_basis' })
  legalBasis!: string;

  @Column('date', { name: 'valid_from' })
  validFrom!: string;

  @Column('date', { name: 'valid_until', nullable: true })
  validUntil!: string | null;
}
