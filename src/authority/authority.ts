import { parseCertificate } from '../certificate/certificate.ts';
import { addMonths } from '../certificate/writer/time.ts';
import { type AuthorityConfiguration, readConfiguration } from './configuration.ts';
import type { RevocationReason } from './crl.ts';
import { AuthorityFolder } from './folder.ts';
import { Hierarchy, type SubordinateOrder } from './hierarchy.ts';
import type { IssuedCertificate, Issuer } from './issuer.ts';
import type { KeyKind, KeyPair } from './key.ts';
import { AuthorityListener, type ListenOptions } from './listener.ts';
import type { CertificateOrder } from './order.ts';
import { authorityApp } from './publication.ts';
import { newSerialNumber } from './serial-number.ts';
import { answerTimeStamp } from './timestamp.ts';

const monthsOfYear = 12;
/** Stands in certificates of an authority that serves nothing; the name never resolves (RFC 6761, section 6.4). */
const unservedUrl = 'http://authority.invalid';

/** How to make an authority. */
export interface AuthorityOptions {
  /** Kind of all keys it generates. */
  readonly algorithm?: KeyKind;
  /** When the authorities' own certificates begin, ms since the epoch; now by default. */
  readonly at?: number;
  /** The authority's clock. */
  readonly now?: () => number;
  /** Serves lists and answers over HTTP; certificates then carry this server's address. */
  readonly serve?: ListenOptions;
  /** Base of the addresses in certificates, where it differs from what the server listens on. */
  readonly url?: string;
  /** Keeps everything in this folder, which holds no authority yet; without it all is in memory. */
  readonly folder?: string;
  readonly configuration?: AuthorityConfiguration;
}

/**
 * A certificate authority for tests and enterprises: a root, an accredited authority below it that issues to
 * organisations, OCSP responders, a time-stamp authority. Not for qualified certificates: its keys lie in files.
 */
export class Authority {
  readonly root: Issuer;
  /** Issues to subscribers. */
  readonly accredited: Issuer;
  /** All authorities by short name. */
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** Base of the addresses in its certificates. */
  readonly url: string;
  private readonly hierarchy: Hierarchy;
  private stamper: Promise<IssuedCertificate> | undefined;
  private readonly listeners: AuthorityListener[] = [];

  private constructor(hierarchy: Hierarchy) {
    this.hierarchy = hierarchy;
    this.issuers = hierarchy.issuers;
    this.url = hierarchy.surroundings.url;
    this.root = hierarchy.issuer('root');
    this.accredited = hierarchy.issuer('accredited');
  }

  /** Makes a new authority. Rejects where the folder holds one, or the port is taken. */
  static async create(options: AuthorityOptions = {}): Promise<Authority> {
    const folder = options.folder === undefined ? undefined : new AuthorityFolder(options.folder);
    if (folder?.isInUse) throw new Error(`an authority is kept in ${folder.path} already`);
    const configuration = options.configuration ?? readConfiguration();
    const now = options.now ?? Date.now;
    const keyKind = options.algorithm ?? 'ecdsa-p256';
    const listener = options.serve === undefined ? undefined : await AuthorityListener.open(options.serve);
    const url = options.url ?? listener?.url ?? unservedUrl;
    const hierarchy = new Hierarchy({ configuration, url, now, keyKind }, folder);
    const at = options.at ?? now();
    await hierarchy.addRoot(configuration.root, at);
    await hierarchy.addSubordinate({
      slug: 'accredited',
      notBefore: at,
      notAfter: addMonths(at, configuration.accredited.years * monthsOfYear),
      subject: configuration.accredited.subject,
      profile: { pathLength: configuration.accredited.pathLength },
    });
    const authority = new Authority(hierarchy);
    if (listener !== undefined) authority.attach(listener, options.serve);
    return authority;
  }

  /** The authority that a folder keeps. With `serve` it listens again where its certificates say. */
  static async load(
    options: Pick<AuthorityOptions, 'now' | 'configuration' | 'serve'> & { readonly folder: string },
  ): Promise<Authority> {
    const folder = new AuthorityFolder(options.folder);
    const description = folder.readDescription();
    const { url, keyKind } = description;
    const configuration = options.configuration ?? readConfiguration();
    const hierarchy = new Hierarchy({ configuration, url, now: options.now ?? Date.now, keyKind }, folder);
    await hierarchy.restore(description, folder);
    const authority = new Authority(hierarchy);
    if (options.serve !== undefined) {
      await authority.serve({ port: Number(new URL(url).port), ...options.serve });
    }
    return authority;
  }

  /** Issues a certificate by the accredited authority. */
  issue(order: CertificateOrder): Promise<IssuedCertificate> {
    return this.accredited.issue(order);
  }

  /** Revokes a certificate of the accredited authority; see `Issuer.revoke`. */
  revoke(certificate: string | Uint8Array, reason?: RevocationReason, at?: number): void {
    this.accredited.revoke(certificate, reason, at);
  }

  /** Adds an authority below another one, or beside the accredited one. */
  createSubordinate(order: SubordinateOrder): Promise<Issuer> {
    return this.hierarchy.addSubordinate(order);
  }

  /** Answers a time-stamp question (RFC 3161), DER. */
  async stamp(request: Uint8Array): Promise<Uint8Array> {
    const { configuration, now } = this.hierarchy.surroundings;
    const { certificate, key } = await this.timeStampCertificate();
    return answerTimeStamp(request, {
      certificate,
      key,
      policy: configuration.timeStamp.policy,
      serialNumber: newSerialNumber(),
      at: now(),
    });
  }

  /** The time-stamp authority's certificate and key; made when it is asked for first. */
  async timeStampCertificate(): Promise<IssuedCertificate & { readonly key: KeyPair }> {
    const { notBefore, notAfter } = parseCertificate(this.accredited.certificate);
    this.stamper ??= this.accredited.issue({
      purpose: 'time-stamp',
      subject: this.hierarchy.surroundings.configuration.timeStamp.subject,
      notBefore,
      notAfter,
    });
    const issued = await this.stamper;
    if (issued.key === undefined) throw new Error('time-stamp authority without a key');
    return { ...issued, key: issued.key };
  }

  /** Serves lists, answers and stamps; several times, for several addresses. */
  async serve(options: ListenOptions = {}): Promise<AuthorityListener> {
    return this.attach(await AuthorityListener.open(options), options);
  }

  private attach(listener: AuthorityListener, options?: ListenOptions): AuthorityListener {
    listener.attach(
      authorityApp(this, (request, response, next) => {
        this.hierarchy.refresh();
        if (options?.before === undefined) next();
        else void options.before(request, response, next);
      }),
    );
    this.listeners.push(listener);
    return listener;
  }

  /** Stops serving. */
  async close(): Promise<void> {
    await Promise.all(this.listeners.splice(0).map((listener) => listener.close()));
  }
}

/** Makes a new authority; see `AuthorityOptions`. */
export function createAuthority(options?: AuthorityOptions): Promise<Authority> {
  return Authority.create(options);
}

/** The authority that a folder keeps; see `Authority.load`. */
export function loadAuthority(options: Parameters<typeof Authority.load>[0]): Promise<Authority> {
  return Authority.load(options);
}
