import type { Indication } from '../failure/failure.ts';
import { safeText } from '../failure/safe-text.ts';
import { type Child, type Element, element } from '../markup/element.ts';
import { toHtml } from '../markup/html.ts';
import type { Check, Outcome } from '../report/check.ts';
import type { Verdict } from '../report/verdict.ts';
import type { CertificateFacts, PathFacts } from '../validation/certificate.ts';
import { ReportObjects } from './etsi-report-objects.ts';
import type { DocumentReport, Level, SignatureReport, TimestampReport } from './report.ts';

/** The namespace of version 1.4.1. */
const namespace = 'http://uri.etsi.org/19102/v1.4.1#';
const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';

/** Most characters of one text that somebody else has chosen. */
const longestText = 2_000;

/**
 * The report on a document as XML of ETSI TS 119 102-2, version 1.4.1: signatures, what was checked of each, its
 * times, its path; certificates and time-stamps as objects, by their hashes. A document without a signature of its own,
 * or one that cannot be read, has one entry with the verdict on it. Nothing in it is signed.
 */
export function etsiReport(report: DocumentReport): string {
  const objects = new ReportObjects((stamp) => reportOf(stamp, report, objects, undefined));
  const stamps = report.timestamps.map((each) => objects.timestamp(each));
  const signatures = allSignatures(report.signatures).map((each, at) =>
    signatureReport(each, report, objects, `S-${at + 1}`),
  );
  const entries = signatures.length > 0 ? signatures : [documentEntry(report, stamps)];
  const list = objects.list;
  const whole = element(
    'ValidationReport',
    { xmlns: namespace, 'xmlns:ds': signatureNamespace },
    entries,
    list.length > 0 && element('SignatureValidationObjects', {}, list),
  );
  // Its writer escapes what XML asks to be escaped, and none of these elements is one that HTML leaves open.
  return `<?xml version="1.0" encoding="UTF-8"?>\n${toHtml(whole)}\n`;
}

function allSignatures(signatures: readonly SignatureReport[]): readonly SignatureReport[] {
  return signatures.flatMap((each) => [each, ...allSignatures(each.counterSignatures)]);
}

function documentEntry(report: DocumentReport, stamps: readonly string[]): Element {
  const related = stamps.map((id) => element('RelatedValidationObject', { VOReference: id }));
  const data = related.length === 0 ? undefined : element('AssociatedValidationReportData', {}, related);
  return element(
    'SignatureValidationReport',
    {},
    timeInfo(report.at, undefined),
    statusOf(report, data, failureData(report)),
  );
}

function signatureReport(
  signature: SignatureReport,
  document: DocumentReport,
  objects: ReportObjects,
  id: string,
): Element {
  const stamps = [...signature.timestamps, ...document.timestamps];
  const proof = stamps.find(
    ({ time, indication }) => time === signature.provenTime && indication === 'TOTAL-PASSED',
  );
  return element(
    'SignatureValidationReport',
    {},
    element(
      'SignatureIdentifier',
      { id },
      element('HashOnly', {}, 'false'),
      element('DocHashOnly', {}, 'false'),
      signature.name !== undefined && element('DAIdentifier', {}, shown(signature.name)),
    ),
    constraints(signature.checks),
    timeInfo(document.at, signature.provenTime, proof && objects.timestamp(proof)),
    attributesOf(signature, objects),
    signerInformation(signature.certificate, objects),
    processOf(signature.level),
    statusOf(signature, pathData(signature, objects), failureData(signature)),
  );
}

/** The report on a time-stamp, which stands with the time-stamp. */
function reportOf(
  stamp: TimestampReport,
  document: DocumentReport,
  objects: ReportObjects,
  proven: string | undefined,
): Element {
  return element(
    'ValidationReport',
    {},
    constraints(stamp.checks),
    timeInfo(document.at, proven),
    signerInformation(stamp.certificate, objects),
    statusOf(stamp, pathData(stamp, objects), failureData(stamp)),
  );
}

const outcomes: Readonly<Record<Outcome, string>> = {
  passed: 'passed',
  warning: 'passed',
  failed: 'failed',
  skipped: 'indeterminate',
};

function constraints(checks: readonly Check[]): Child {
  if (checks.length === 0) return undefined;
  const rows = checks.map(({ name, outcome }) => {
    const status = outcome === 'skipped' ? 'disabled' : 'applied';
    return element(
      'ValidationConstraint',
      {},
      element('ValidationConstraintIdentifier', {}, `urn:sealgate:check:${name}`),
      element('ConstraintStatus', {}, element('Status', {}, `urn:etsi:019102:constraintStatus:${status}`)),
      outcome !== 'skipped' &&
        element(
          'ValidationStatus',
          {},
          element('MainIndication', {}, `urn:etsi:019102:mainindication:${outcomes[outcome]}`),
        ),
    );
  });
  return element('ValidationConstraintsEvaluationReport', {}, rows);
}

function timeInfo(at: string, proven: string | undefined, proof?: string): Element {
  return element(
    'ValidationTimeInfo',
    {},
    element('ValidationTime', {}, at),
    element(
      'BestSignatureTime',
      {},
      element('POETime', {}, proven ?? at),
      element('TypeOfProof', {}, 'urn:etsi:019102:poetype:validation'),
      proof !== undefined && element('POEObject', { VOReference: proof }),
    ),
  );
}

const attributeNames: Readonly<Record<TimestampReport['kind'], string>> = {
  content: 'AllDataObjectsTimeStamp',
  signature: 'SignatureTimeStamp',
  'signature-and-references': 'SigAndRefsTimeStamp',
  references: 'RefsOnlyTimeStamp',
  archive: 'ArchiveTimeStamp',
  document: 'DocTimeStamp',
};

function attributesOf(
  { signingTime, name, format, timestamps }: SignatureReport,
  objects: ReportObjects,
): Child {
  const isField = format === 'PDF' || format === 'PAdES';
  const attributes = [
    signingTime !== undefined && element('SigningTime', { Signed: 'true' }, element('Time', {}, signingTime)),
    isField &&
      name !== undefined &&
      element('Name', { Signed: 'false' }, element('NameElement', {}, shown(name))),
    ...timestamps.map(
      (each) =>
        each.time !== undefined &&
        element(
          attributeNames[each.kind],
          { Signed: String(each.kind === 'content') },
          element('AttributeObject', { VOReference: objects.timestamp(each) }),
          element('TimeStampValue', {}, each.time),
        ),
    ),
  ];
  return attributes.some((each) => each !== false) && element('SignatureAttributes', {}, attributes);
}

function signerInformation(certificate: CertificateFacts | undefined, objects: ReportObjects): Child {
  if (certificate === undefined) return undefined;
  return element(
    'SignerInformation',
    {},
    element('SignerCertificate', { VOReference: objects.certificate(certificate) }),
    element('Signer', {}, shown(certificate.subject)),
  );
}

/** EN 319 102-1, sections 5.3, 5.5 and 5.6. */
function processOf(level: Level | undefined): Element {
  const process =
    level === 'LTA' || level === 'A' ? 'LTA' : level === undefined || level === 'B' ? 'Basic' : 'LTVM';
  const id = `urn:etsi:019102:validationprocess:${process}`;
  return element('SignatureValidationProcess', {}, element('SignatureValidationProcessID', {}, id));
}

function pathData({ path }: PathFacts, objects: ReportObjects): Child {
  const [signer, ...others] = path ?? [];
  if (signer === undefined) return undefined;
  return element(
    'AssociatedValidationReportData',
    {},
    element(
      'CertificateChain',
      {},
      element('SigningCertificate', { VOReference: objects.certificate(signer) }),
      others.map((each) => element('IntermediateCertificate', { VOReference: objects.certificate(each) })),
    ),
  );
}

/** What is wrong, by its code and in words. */
function failureData({ failure }: Verdict): Child {
  if (failure === undefined) return undefined;
  const { code, cause, remedy } = failure;
  const data = { [`failure:${code}`]: cause, [`remedy:${code}`]: remedy };
  return element(
    'AssociatedValidationReportData',
    {},
    element(
      'AdditionalValidationReportData',
      {},
      Object.entries(data).map(([type, text]) =>
        element(
          'ReportData',
          {},
          element('Type', {}, `urn:sealgate:${type}`),
          element('Value', {}, shown(text)),
        ),
      ),
    ),
  );
}

const indications: Readonly<Record<Indication, string>> = {
  'TOTAL-PASSED': 'total-passed',
  'TOTAL-FAILED': 'total-failed',
  INDETERMINATE: 'indeterminate',
};

function statusOf({ indication, subIndication }: Verdict, ...data: readonly Child[]): Element {
  return element(
    'SignatureValidationStatus',
    {},
    element('MainIndication', {}, `urn:etsi:019102:mainindication:${indications[indication]}`),
    subIndication !== undefined &&
      element('SubIndication', {}, `urn:etsi:019102:subindication:${subIndication}`),
    data,
  );
}

function shown(text: string): string {
  return safeText(text, longestText);
}
