export interface DemoAuthority {
  readonly code: string;
  readonly name: string;
  readonly country: string;
}

export interface DemoCompetence {
  readonly code: string;
  readonly authority: string;
  readonly kinds: readonly ('exclusion' | 'suspicion' | 'account')[];
  readonly grounds: readonly string[];
  readonly legalBasis: string;
  readonly validFrom: string;
}

/** Two invented recipients in one country; both read their inbox until one is given a webhook. */
export const DEMO_AUTHORITIES: readonly DemoAuthority[] = [
  { code: 'demo-prosecution', name: 'Demo Federal Prosecution Office', country: 'BE' },
  { code: 'demo-war-crimes-unit', name: 'Demo War Crimes Unit of the Federal Police', country: 'BE' },
];

const EVERY_GROUND = ['1F(a)', '1F(b)', '1F(c)', 'seriousCrimeSP'];
const CORE_CRIMES = ['1F(a)'];
const EU_SUSPICION =
  'Council Decision 2003/335/JHA Art. 2: facts that give rise to suspicion of genocide, crimes against humanity or war crimes';
const OFFICIALS_DUTY =
  'Belgian Code of Criminal Procedure Art. 29: an official who learns of a crime informs the public prosecutor';

/** Who must be told what, since when, and by which provision. */
export const DEMO_COMPETENCES: readonly DemoCompetence[] = [
  {
    code: 'prosecution-exclusion',
    authority: 'demo-prosecution',
    kinds: ['exclusion'],
    grounds: EVERY_GROUND,
    legalBasis: OFFICIALS_DUTY,
    validFrom: '2003-05-22',
  },
  {
    code: 'prosecution-suspicion',
    authority: 'demo-prosecution',
    kinds: ['suspicion'],
    grounds: CORE_CRIMES,
    legalBasis: EU_SUSPICION,
    validFrom: '2003-05-22',
  },
  {
    code: 'war-crimes-unit',
    authority: 'demo-war-crimes-unit',
    kinds: ['exclusion', 'suspicion'],
    grounds: CORE_CRIMES,
    legalBasis: EU_SUSPICION,
    validFrom: '2003-05-22',
  },
  {
    code: 'war-crimes-unit-account',
    authority: 'demo-war-crimes-unit',
    kinds: ['account'],
    grounds: CORE_CRIMES,
    legalBasis: OFFICIALS_DUTY,
    validFrom: '2003-05-22',
  },
];
