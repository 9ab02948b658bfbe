import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';

export type CertificateName = 'interview1F' | 'review1F' | 'decide1F';

export interface CertificateView {
  readonly name: CertificateName;
  readonly number: string;
  readonly issuer: string;
  /** Calendar dates, both inclusive. */
  readonly validFrom: string;
  readonly validUntil: string;
  readonly valid: boolean;
}

const ENTITLES: Record<CertificateName, string> = {
  interview1F: 'conduct or analyse a 1F interview',
  review1F: 'review a 1F analysis',
  decide1F: 'decide on Article 1F',
};

interface CertificateRow {
  name: CertificateName;
  number: string;
  issuer: string;
  valid_from: string;
  valid_until: string;
}

/** Training certificates and the days on which they entitle. */
@Injectable()
export class CertificatesService {
  constructor(private readonly config: Config) {}

  /** All of one person's certificates, as they stand on the day of `at`. */
  async listInTx(tx: Tx, userId: string, at: Date): Promise<CertificateView[]> {
    const today = this.dayOf(at);
    const rows = await tx.rows<CertificateRow>(
      `SELECT name, number, issuer, valid_from, valid_until FROM certificate WHERE user_id = $1 ORDER BY name, valid_until DESC`,
      [userId],
      'certificates_of',
    );
    return rows.map((row) => ({
      name: row.name,
      number: row.number,
      issuer: row.issuer,
      validFrom: row.valid_from,
      validUntil: row.valid_until,
      valid: row.valid_from <= today && today <= row.valid_until,
    }));
  }

  /** Whether the person holds that certificate on the day of `at`. */
  async holdsInTx(tx: Tx, userId: string, name: CertificateName, at: Date): Promise<boolean> {
    return (await this.listInTx(tx, userId, at)).some((one) => one.name === name && one.valid);
  }

  /** Throws `certificateMissing`, saying which, since when it is missing, and what to do, unless it is valid on the day of `at`. */
  async assertInTx(tx: Tx, userId: string, name: CertificateName, at: Date): Promise<void> {
    const held = (await this.listInTx(tx, userId, at)).filter((one) => one.name === name);
    if (held.some((one) => one.valid)) return;
    const today = this.dayOf(at);
    const coming = held.filter((one) => one.validFrom > today).at(-1);
    const expired = held.find((one) => one.validUntil < today);
    const why = expired
      ? `the certificate ${name} expired on ${expired.validUntil}`
      : coming
        ? `the certificate ${name} is not valid before ${coming.validFrom}`
        : `no certificate ${name} is on record`;
    throw new DomainError(
      'certificateMissing',
      `This person may not ${ENTITLES[name]}: ${why}. Record a renewed certificate, or choose a person whose certificate is valid.`,
      { certificate: name, userId, expiredOn: expired?.validUntil ?? null, validFrom: coming?.validFrom ?? null },
    );
  }

  /** The calendar day of an instant where the authority works. */
  private dayOf(at: Date): string {
    return new Intl.DateTimeFormat('en-CA', { timeZone: this.config.F1_TIME_ZONE, dateStyle: 'short' }).format(at);
  }
}
