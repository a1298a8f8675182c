import { type Element, element } from '../markup/element.ts';
import type { CertificateFacts } from '../validation/certificate.ts';
import type { TimestampReport } from './report.ts';

const sha256Uri = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** The validation objects of one report (TS 119 102-2, section 4.4), each once, by the identifier that it is given. */
export class ReportObjects {
  private readonly certificates = new Map<string, string>();
  private readonly timestamps = new Map<TimestampReport, string>();
  private readonly objects: Element[] = [];
  private readonly reportOf: (stamp: TimestampReport) => Element;

  /** `reportOf` makes the report that stands with a time-stamp. */
  constructor(reportOf: (stamp: TimestampReport) => Element) {
    this.reportOf = reportOf;
  }

  /** All objects that were asked for. */
  get list(): readonly Element[] {
    return this.objects;
  }

  /** Identifier of a certificate. */
  certificate({ sha256 }: CertificateFacts): string {
    const known = this.certificates.get(sha256);
    if (known !== undefined) return known;
    const id = `C-${this.certificates.size + 1}`;
    this.certificates.set(sha256, id);
    this.objects.push(objectOf(id, 'certificate', hashOf(Buffer.from(sha256, 'hex'))));
    return id;
  }

  /** Identifier of a time-stamp. */
  timestamp(stamp: TimestampReport): string {
    const known = this.timestamps.get(stamp);
    if (known !== undefined) return known;
    const id = `T-${this.timestamps.size + 1}`;
    this.timestamps.set(stamp, id);
    const report = this.reportOf(stamp);
    this.objects.push(objectOf(id, 'timestamp', hashOf(Buffer.from(stamp.sha256, 'hex')), report));
    return id;
  }
}

function objectOf(id: string, type: string, representation: Element, report?: Element): Element {
  return element(
    'ValidationObject',
    { id },
    element('ObjectType', {}, `urn:etsi:019102:validationObject:${type}`),
    element('ValidationObjectRepresentation', {}, representation),
    report,
  );
}

function hashOf(sha256: Buffer): Element {
  return element(
    'DigestAlgAndValue',
    {},
    element('ds:DigestMethod', { Algorithm: sha256Uri }),
    element('ds:DigestValue', {}, sha256.toString('base64')),
  );
}
