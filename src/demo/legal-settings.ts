export interface LegalSetting {
  readonly name: string;
  readonly value: number;
  /** The provision that sets it, or "house rule" where the law leaves it to the authority. */
  readonly source: string;
}

/** Figures of law that are no deadlines; an authority follows one by a later one: `legal` of its settings. */
export const LEGAL_SETTINGS: readonly LegalSetting[] = [
  {
    name: 'ageOfCriminalResponsibility',
    value: 14,
    source:
      'house rule, after the Committee on the Rights of the Child, General Comment No. 24 (2019): at least 14 years',
  },
];
