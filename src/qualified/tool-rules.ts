import { tag } from '../asn1/tag.ts';
import { certificatePolicies } from '../certificate/policy.ts';
import { everyone, type Rule, subscribers, when } from './rule.ts';
import { identificationKind, issuerSignTool, subjectSignTool, type TypedText } from './sign-tool.ts';
import { namedToolClasses, toolClasses, toolClassOf } from './tool-class.ts';

const authorityClassPrefix = '1.2.643.100.114.';
/** All 214 authorities' certificates since then carry the kind of identification, none before. */
const identificationSince = Date.UTC(2022, 0, 1);
const highestIdentification = 3;

/** Rules about the tools of owner and issuer and their classes. */
export const toolRules: readonly Rule[] = [
  {
    id: 'tool-class-named',
    severity: 'error',
    source: 'RFC 9215, section 5.2; order 795 of the FSB',
    appliesTo: everyone,
    breach: ({ certificate }) => when(toolClassOf(certificate) === undefined, 'no policy of a class'),
  },
  {
    id: 'tool-classes-complete',
    severity: 'warning',
    source: 'RFC 9215, section 5.2: all classes up to the tool’s own are named',
    appliesTo: everyone,
    breach: ({ certificate }) => {
      const named = namedToolClasses(certificate);
      const expected = toolClasses.slice(0, toolClasses.indexOf(named.at(-1) ?? 'KC1') + 1);
      return when(named.length > 0 && named.length < expected.length, named.join(', '));
    },
  },
  {
    id: 'authority-class-as-policy',
    severity: 'notice',
    source: 'classes of authorities’ tools, which say nothing of the owner’s',
    appliesTo: everyone,
    breach: ({ certificate }) =>
      certificate
        .extension(certificatePolicies)
        ?.map(({ policy }) => policy)
        .find((policy) => policy.startsWith(authorityClassPrefix)),
  },
  {
    id: 'subject-sign-tool-present',
    severity: 'error',
    source: 'RFC 9215, section 5.3; order 795 of the FSB',
    appliesTo: everyone,
    breach: ({ certificate }) => when(certificate.extension(subjectSignTool) === undefined, 'absent'),
  },
  {
    id: 'subject-sign-tool-form',
    severity: 'error',
    source: 'RFC 9215, section 5.3: UTF8String of 1 to 200 characters',
    appliesTo: everyone,
    breach: ({ certificate }) => {
      const tool = certificate.extension(subjectSignTool);
      return tool === undefined ? undefined : flawOf('subjectSignTool', tool, 200);
    },
  },
  {
    id: 'issuer-sign-tool-present',
    severity: 'error',
    source: 'RFC 9215, section 5.4; order 795 of the FSB',
    appliesTo: everyone,
    breach: ({ certificate }) => when(certificate.extension(issuerSignTool) === undefined, 'absent'),
  },
  {
    id: 'issuer-sign-tool-form',
    severity: 'error',
    source: 'RFC 9215, section 5.4: four UTF8Strings, of 1 to 200 and 1 to 100 characters',
    appliesTo: everyone,
    breach: ({ certificate }) => {
      const tools = certificate.extension(issuerSignTool);
      if (tools === undefined) return undefined;
      return (
        flawOf('signTool', tools.signTool, 200) ??
        flawOf('cATool', tools.authorityTool, 200) ??
        flawOf('signToolCert', tools.signToolAttestation, 100) ??
        flawOf('cAToolCert', tools.authorityToolAttestation, 100)
      );
    },
  },
  {
    id: 'identification-kind-present',
    severity: 'error',
    source: 'order 795 of the FSB with the changes of order 31',
    appliesTo: ({ certificate }) => certificate.notBefore >= identificationSince,
    breach: ({ certificate }) => when(certificate.extension(identificationKind) === undefined, 'absent'),
  },
  {
    id: 'identification-kind-known',
    severity: 'error',
    source: 'RFC 9215, section 5.1: 0 to 3',
    appliesTo: everyone,
    breach: ({ certificate }) => {
      const kind = certificate.extension(identificationKind);
      return when(kind !== undefined && kind > highestIdentification, String(kind));
    },
  },
  {
    id: 'key-algorithm',
    severity: 'warning',
    source: 'tools of the classes named sign with GOST R 34.10-2012',
    appliesTo: subscribers,
    breach: ({ certificate }) => {
      const { oid } = certificate.publicKey.algorithm;
      return when(!oid.startsWith('1.2.643.7.1.1.1.'), oid);
    },
  },
];

function flawOf(field: string, { tag: type, text }: TypedText, longest: number): string | undefined {
  if (type !== tag.utf8String) return `${field}: not a UTF8String`;
  const length = [...text].length;
  return when(length === 0 || length > longest, `${field}: ${length} characters`);
}
