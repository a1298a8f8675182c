import { type FailureCode, isFailure } from '../../error.ts';
import type { Language } from '../../failure/failure.ts';
import { safeText } from '../../failure/value.ts';
import { issuerOf, subjectOf } from '../../subject/subject.ts';
import type { FoundCertificate } from '../key/found.ts';
import { failureView } from './failure.ts';
import type { CertificateView, FailureView } from './model.ts';

/** How a certificate is shown in `language`. */
export function certificateView(
  { thumbprint, certificate, place, usable }: FoundCertificate,
  lastUsedAt: number | undefined,
  language: Language,
): CertificateView {
  return {
    thumbprint,
    ...ownerOf(certificate),
    authority: authorityOf(certificate),
    serialNumber: certificate.serialNumberHex,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    place: { ...place, label: safeText(place.label) },
    ...(usable !== true && { flaw: flawOf(usable.code, certificate, language) }),
    ...(lastUsedAt !== undefined && { lastUsedAt }),
  };
}

type Owner = Pick<CertificateView, 'organisation' | 'inn' | 'ogrn' | 'person' | 'title'>;

function ownerOf(certificate: FoundCertificate['certificate']): Owner {
  try {
    const subject = subjectOf(certificate);
    const person = [subject.surname, subject.givenName].filter((part) => part !== undefined).join(' ');
    const inn = subject.organisationInn ?? subject.personInn;
    const ogrn = subject.ogrn ?? subject.ogrnip;
    return {
      ...named('organisation', subject.organisation ?? subject.commonName),
      ...named('inn', inn),
      ...named('ogrn', ogrn),
      ...named('person', person),
      ...named('title', subject.title),
    };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { organisation: certificate.serialNumberHex };
  }
}

function authorityOf(certificate: FoundCertificate['certificate']): string {
  try {
    const issuer = issuerOf(certificate);
    return safeText(issuer.organisation ?? issuer.commonName ?? certificate.shortIssuerName);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return certificate.shortIssuerName;
  }
}

function named<Key extends keyof Owner>(
  key: Key,
  text: string | undefined,
): { readonly [K in Key]?: string } {
  return text === undefined || text === '' ? {} : ({ [key]: safeText(text) } as { [K in Key]: string });
}

function flawOf(
  code: FailureCode,
  { notBefore, notAfter }: FoundCertificate['certificate'],
  language: Language,
): FailureView {
  const details = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
  return failureView(code, details, language);
}
