import { purposeOids } from '../certificate/constraints.ts';
import type { Extension } from '../certificate/extension.ts';
import { certificatePolicies, subjectSignTool } from '../certificate/writer/extension.ts';
import { toPem } from '../encoding/textual.ts';
import { writeOver } from '../file/write-new.ts';
import { type ToolClass, toolClasses, toolClassOids } from '../qualified/tool-class.ts';
import { usageError } from '../terminal/command.ts';
import { accessOf, moduleOf, remarkText, rememberPin, type TokenOptions } from './command-line.ts';
import { readPublicKey } from './public-key.ts';
import { renew } from './renewal.ts';
import { makeRequest, qualifiedUsages, usageExtensions } from './request.ts';
import { chooseCertificate } from './selection.ts';
import { nameOfAlgorithm, type ShownCertificate, showCertificate } from './shown-key.ts';
import { checkQualifiedSubject, readSubjectOption, type SubjectOptions } from './subject-option.ts';

/** Where a request goes, and in what form. */
interface OutputOptions {
  readonly out?: string;
  readonly form: 'pem' | 'der';
}

/** Options of `token request`. */
export interface RequestOptions extends TokenOptions, SubjectOptions, OutputOptions {
  readonly key?: string;
  readonly purpose?: readonly string[];
  readonly qualified?: boolean;
  readonly toolClass?: ToolClass;
  readonly signTool?: string;
}

/** Result of `token request`. */
export interface Requested {
  readonly pem: string;
  readonly out: string | null;
  readonly key: { readonly label: string; readonly algorithm: string };
}

/** `token request`: a PKCS#10 request that asks for the usages of a signing certificate. */
export async function requestCertificate(options: RequestOptions): Promise<Requested> {
  const subject = await readSubjectOption(options);
  if (options.qualified === true) checkQualifiedSubject(subject).forEach(remarkText);
  const extensions = extensionsOf(options);
  const module = await moduleOf(options);
  const signer = await module.signer({
    ...accessOf(options),
    key: { name: options.key, withoutCertificate: true },
  });
  try {
    const request = await makeRequest({ subject, extensions }, signer);
    const algorithm = nameOfAlgorithm(readPublicKey(signer.publicKey));
    return await written(request, { label: signer.label, algorithm }, options);
  } finally {
    await signer.close();
  }
}

const signing = ['digitalSignature', 'nonRepudiation'] as const;

/** A qualified certificate has besides what its owner's tool is, and its classes from the lowest up (RFC 9215, section 5). */
function extensionsOf({ purpose, qualified, toolClass, signTool }: RequestOptions): Extension[] {
  if (qualified !== true && (toolClass !== undefined || signTool !== undefined))
    throw usageError({
      en: '--tool-class and --sign-tool are for a request with --qualified',
      ru: '--tool-class и --sign-tool нужны только вместе с --qualified',
    });
  if (qualified !== true) return usageExtensions(signing, (purpose ?? []).map(purposeOid));
  const purposes = (purpose ?? ['clientAuth', 'emailProtection']).map(purposeOid);
  const classes = toolClasses.slice(0, toolClass === undefined ? 0 : toolClasses.indexOf(toolClass) + 1);
  return [
    ...usageExtensions(qualifiedUsages, purposes),
    ...(classes.length > 0 ? [certificatePolicies(classes.map((name) => toolClassOids[name]))] : []),
    ...(signTool === undefined ? [] : [subjectSignTool(signTool)]),
  ];
}

function purposeOid(name: string): string {
  if (/^[0-2](\.\d+)+$/.test(name)) return name;
  if (Object.hasOwn(purposeOids, name)) return purposeOids[name as keyof typeof purposeOids];
  throw usageError({ en: `unknown purpose ${name}`, ru: `неизвестное назначение ${name}` });
}

async function written(
  request: Uint8Array,
  key: Requested['key'],
  { out, form }: OutputOptions,
): Promise<Requested> {
  const pem = toPem('CERTIFICATE REQUEST', request);
  if (out !== undefined) await writeOver(out, form === 'der' ? request : pem);
  return { pem, out: out ?? null, key };
}

/** Options of `token renew`. */
export interface RenewalOptions extends TokenOptions, OutputOptions {
  readonly key?: string;
  readonly label?: string;
}

/** Result of `token renew`: the request, and the certificate that it is to follow. */
export interface Renewed extends Requested {
  readonly present: ShownCertificate;
  /** Whether the present certificate is within its term, so that its signature under the request still counts. */
  readonly isInTerm: boolean;
}

/** `token renew`: `renew` for the certificate that is named, or the only one. */
export async function renewCertificate(options: RenewalOptions): Promise<Renewed> {
  const now = Date.now();
  const module = await moduleOf(options);
  const token = await module.find({ name: options.token });
  const present = chooseCertificate(await module.contents(token), { name: options.key }, token.label, now);
  const pin = rememberPin(options);
  try {
    const access = { ...accessOf(options), pin: pin.source };
    const { request, key, isInTerm } = await renew(module, token, present, access, now, options.label);
    return { ...(await written(request, key, options)), present: showCertificate(present), isInTerm };
  } finally {
    pin.forget();
  }
}
