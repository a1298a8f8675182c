import { parseCertificate } from '../certificate/certificate.ts';
import type { Extension } from '../certificate/extension.ts';
import { authorityKeyIdentifier, keyIdentifierOf } from '../certificate/writer/extension.ts';
import { addMonths } from '../certificate/writer/time.ts';
import { defined } from '../optional.ts';
import { makeCertificate } from './certificate.ts';
import type { AuthorityConfiguration } from './configuration.ts';
import { type CrlEntry, type CrlPlan, makeCrl, type RevocationReason } from './crl.ts';
import { generateKeyPair, type KeyKind, type KeyPair } from './key.ts';
import { isOfIssuer, makeOcspError, makeOcspResponse, type OcspStatus, readOcspRequest } from './ocsp.ts';
import { type CertificateOrder, subjectOf } from './order.ts';
import {
  combineProfiles,
  extensionsOf,
  type ProfileOverrides,
  type Purpose,
  policiesOf,
  purposeProfiles,
  type ToolClass,
} from './profile.ts';
import type { Register, RegisterEvent, Revocation } from './register.ts';
import { verifyRequest } from './request.ts';
import { hexOf, newSerialNumber, serialNumberOf } from './serial-number.ts';

const hour = 3_600_000;
/** A list is made anew after this long even if nothing was revoked, so that its times stay fresh. */
const longestListAge = 60_000;

/** What an issuer shares with the whole of its authority. */
export interface IssuerSurroundings {
  readonly configuration: AuthorityConfiguration;
  /** Base of the addresses in certificates, without a slash at the end. */
  readonly url: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Kind of the keys that are generated where an order brings none. */
  readonly keyKind: KeyKind;
  /** Writes down what happened. */
  readonly record: (event: RegisterEvent) => void;
}

/** A certificate as it was issued. */
export interface IssuedCertificate {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Lower-case hexadecimal, as `revoke` takes it. */
  readonly serialNumber: string;
  /** The key pair, where the authority knows it. */
  readonly key: KeyPair | undefined;
  /** Certificates of the issuers, from the direct one up to the root, DER. */
  readonly chain: readonly Uint8Array[];
}

/** One authority's key with its certificate, and what it issued. */
export class Issuer {
  /** Short name, part of the addresses. */
  readonly slug: string;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly key: KeyPair;
  readonly parent: Issuer | undefined;
  /** DER Name of the subject. */
  readonly name: Uint8Array;
  readonly register: Register;
  private readonly surroundings: IssuerSurroundings;
  private responder: Promise<IssuedCertificate> | undefined;
  private list: { readonly crl: Promise<Uint8Array>; readonly madeAt: number } | undefined;

  constructor(
    slug: string,
    certificate: Uint8Array,
    key: KeyPair,
    parent: Issuer | undefined,
    register: Register,
    surroundings: IssuerSurroundings,
  ) {
    this.slug = slug;
    this.certificate = certificate;
    this.key = key;
    this.parent = parent;
    this.name = parseCertificate(certificate).subject.der;
    this.register = register;
    this.surroundings = surroundings;
  }

  get crlUrl(): string {
    return `${this.surroundings.url}/crl/${this.slug}.crl`;
  }
  get ocspUrl(): string {
    return `${this.surroundings.url}/ocsp/${this.slug}`;
  }
  get certificateUrl(): string {
    return `${this.surroundings.url}/ca/${this.slug}.cer`;
  }

  /** This certificate and those above it, up to the root, DER. */
  get chain(): readonly Uint8Array[] {
    return [this.certificate, ...(this.parent?.chain ?? [])];
  }

  /** Issues a certificate. Throws as `verifyRequest` does, where there is a request. */
  async issue(order: CertificateOrder): Promise<IssuedCertificate> {
    const { configuration, now, keyKind, record } = this.surroundings;
    const request = order.request === undefined ? undefined : verifyRequest(order.request);
    const given = order.publicKey ?? request?.publicKey;
    const key =
      order.key ?? (given === undefined ? await generateKeyPair(order.keyKind ?? keyKind) : undefined);
    const publicKey = given ?? key?.publicKey;
    if (publicKey === undefined) throw new Error('no public key');
    const notBefore = order.notBefore ?? now();
    const notAfter = order.notAfter ?? addMonths(notBefore, configuration.subscriber.months);
    const serialNumber = order.serialNumber ?? newSerialNumber();
    const certificate = await makeCertificate(
      {
        serialNumber,
        issuer: order.issuerName ?? this.name,
        subject: subjectOf(order, request?.subject),
        notBefore,
        notAfter,
        publicKey,
        extensions: this.extensionsFor(order, publicKey, notBefore, notAfter),
      },
      order.signer ?? this.key,
    );
    const serial = Buffer.from(serialNumber).toString('hex');
    if (order.isRecorded !== false) {
      const encoded = Buffer.from(certificate).toString('base64');
      record({ event: 'issued', issuer: this.slug, serialNumber: serial, certificate: encoded });
    }
    return { certificate, serialNumber: serial, key, chain: this.chain };
  }

  private extensionsFor(
    order: CertificateOrder,
    publicKey: Uint8Array,
    notBefore: number,
    notAfter: number,
  ): Extension[] {
    const purpose = order.purpose ?? order.subscriber?.kind ?? 'natural-person';
    const profile = combineProfiles(
      this.customaryProfile(purpose, order.toolClass, notBefore, notAfter),
      purposeProfiles[purpose],
      order.profile ?? {},
    );
    const replaced = new Set((order.extensions ?? []).map(({ oid }) => oid));
    return [
      ...extensionsOf(profile, publicKey, this.authorityKey()).filter(({ oid }) => !replaced.has(oid)),
      ...(order.extensions ?? []),
    ];
  }

  private customaryProfile(
    purpose: Purpose,
    toolClass: ToolClass | undefined,
    notBefore: number,
    notAfter: number,
  ): ProfileOverrides {
    const { issuerSignTool, subscriber, accredited } = this.surroundings.configuration;
    const addresses = { crlUrls: [this.crlUrl], authorityUrls: [this.certificateUrl] };
    switch (purpose) {
      case 'ocsp-responder':
      case 'time-stamp':
        return addresses;
      case 'authority':
        return {
          ...addresses,
          policies: policiesOf(toolClass ?? accredited.toolClass),
          subjectSignTool: accredited.signTool,
          issuerSignTool,
        };
      default:
        return {
          ...addresses,
          ocspUrls: [this.ocspUrl],
          policies: policiesOf(toolClass ?? subscriber.toolClass),
          subjectSignTool: subscriber.signTool,
          issuerSignTool,
          identificationKind: subscriber.identificationKind,
          privateKeyPeriod: { notBefore, notAfter },
        };
    }
  }

  /** The extension that certificates and lists of this issuer point at its key with. */
  authorityKey(): Extension {
    const { issuer, fields } = parseCertificate(this.certificate);
    return authorityKeyIdentifier(keyIdentifierOf(this.key.publicKey), {
      issuer: issuer.der,
      serialNumber: fields.serialNumber,
    });
  }

  /**
   * Revokes a certificate, given its serial number (lower-case hexadecimal) or itself (DER). Lists and answers say
   * so from now on. `at` is since when, ms since the epoch.
   */
  revoke(
    certificate: string | Uint8Array,
    reason: RevocationReason = 'unspecified',
    at: number = this.surroundings.now(),
    invalidityDate?: number,
  ): void {
    const serialNumber = serialNumberOf(certificate);
    const invalid = invalidityDate === undefined ? {} : { invalidityDate };
    this.surroundings.record({ event: 'revoked', issuer: this.slug, serialNumber, at, reason, ...invalid });
    this.list = undefined;
  }

  /** Takes a hold back. */
  release(certificate: string | Uint8Array): void {
    const serialNumber = serialNumberOf(certificate);
    this.surroundings.record({ event: 'released', issuer: this.slug, serialNumber });
    this.list = undefined;
  }

  /** Has the next list made anew. */
  forgetList(): void {
    this.list = undefined;
  }

  /** The list of everything that is revoked, as it is published: made anew after each revocation and each minute. */
  async currentCrl(): Promise<Uint8Array> {
    const at = this.surroundings.now();
    const isFresh = this.list !== undefined && Math.abs(at - this.list.madeAt) < longestListAge;
    if (this.list === undefined || !isFresh) this.list = { crl: this.makeCrl(), madeAt: at };
    return this.list.crl;
  }

  /** A new list; `plan` departs from the customary one: times, number, scope, delta, entries. */
  async makeCrl(plan: Partial<CrlPlan> = {}, signer: KeyPair = this.key): Promise<Uint8Array> {
    const { now, configuration, record } = this.surroundings;
    const number = plan.number ?? this.register.listNumber + 1;
    record({ event: 'list', issuer: this.slug, number });
    const thisUpdate = plan.thisUpdate ?? now();
    return makeCrl(
      {
        issuer: this.name,
        thisUpdate,
        nextUpdate: thisUpdate + configuration.crlHours * hour,
        number,
        entries: [...this.register.revoked].map(entryOf),
        authorityKey: this.authorityKey(),
        ...plan,
      },
      signer,
    );
  }

  /** What this issuer says of a serial number (lower-case hexadecimal). */
  statusOf(serialNumber: string): OcspStatus {
    const revocation = this.register.revoked.get(serialNumber);
    if (revocation !== undefined) return { kind: 'revoked', at: revocation.at, reason: revocation.reason };
    return { kind: this.register.issued.has(serialNumber) ? 'good' : 'unknown' };
  }

  /** Answers an OCSP question, DER, through a responder whose certificate this issuer issued. */
  async answerOcsp(request: Uint8Array): Promise<Uint8Array> {
    const question = readOcspRequest(request);
    if (question === undefined) return makeOcspError('malformedRequest');
    if (!question.ids.every((id) => isOfIssuer(id, this.name, this.key.publicKey))) {
      return makeOcspError('unauthorized');
    }
    const { certificate, key } = await this.responderCertificate();
    const { now, configuration } = this.surroundings;
    const at = now();
    return makeOcspResponse(
      {
        answers: question.ids.map((id) => ({
          id,
          status: this.statusOf(hexOf(id.serialNumber)),
          thisUpdate: at,
          nextUpdate: at + configuration.ocspHours * hour,
        })),
        producedAt: at,
        ...defined({ nonce: question.nonce }),
        certificate,
      },
      key,
    );
  }

  /** The responder of this issuer with its key; made when it is asked for first. */
  async responderCertificate(): Promise<IssuedCertificate & { readonly key: KeyPair }> {
    const { configuration } = this.surroundings;
    this.responder ??= this.issue({
      purpose: 'ocsp-responder',
      subject: configuration.responder,
      keyKind: this.key.kind,
      notBefore: parseCertificate(this.certificate).notBefore,
      notAfter: parseCertificate(this.certificate).notAfter,
    });
    const issued = await this.responder;
    if (issued.key === undefined) throw new Error('responder without a key');
    return { ...issued, key: issued.key };
  }
}

function entryOf([serialNumber, revocation]: [string, Revocation]): CrlEntry {
  const { invalidityDate } = revocation;
  return {
    serialNumber: Buffer.from(serialNumber, 'hex'),
    at: revocation.at,
    reason: revocation.reason,
    ...defined({ invalidityDate }),
  };
}
