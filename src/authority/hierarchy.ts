import { parseCertificate } from '../certificate/certificate.ts';
import { authorityKeyIdentifier, keyIdentifierOf } from '../certificate/writer/extension.ts';
import { type Attribute, encodeName } from '../certificate/writer/name.ts';
import { addMonths } from '../certificate/writer/time.ts';
import { defined } from '../optional.ts';
import { makeCertificate } from './certificate.ts';
import type { IssuerConfiguration } from './configuration.ts';
import type { AuthorityFolder, FolderDescription } from './folder.ts';
import { Issuer, type IssuerSurroundings } from './issuer.ts';
import { generateKeyPair, type KeyPair } from './key.ts';
import type { CertificateOrder } from './order.ts';
import { combineProfiles, extensionsOf, policiesOf, purposeProfiles } from './profile.ts';
import { Register, type RegisterEvent } from './register.ts';
import { newSerialNumber } from './serial-number.ts';

const monthsOfYear = 12;

/** A further authority below another one. */
export interface SubordinateOrder extends CertificateOrder {
  /** Short name, part of the addresses: lower-case letters, digits and hyphens. */
  readonly slug: string;
  /** Who certifies it; the root by default. */
  readonly parent?: Issuer;
}

/** Issuers and what is written down about them, in memory and in the folder. */
export class Hierarchy {
  readonly issuers = new Map<string, Issuer>();
  readonly surroundings: IssuerSurroundings;
  private readonly folder: AuthorityFolder | undefined;
  private readonly registers = new Map<string, Register>();

  constructor(surroundings: Omit<IssuerSurroundings, 'record'>, folder: AuthorityFolder | undefined) {
    this.folder = folder;
    this.surroundings = { ...surroundings, record: (event) => this.record(event) };
  }

  issuer(slug: string): Issuer {
    const found = this.issuers.get(slug);
    if (found === undefined) throw new Error(`no authority ${slug}`);
    return found;
  }

  async addRoot(root: IssuerConfiguration, at: number): Promise<Issuer> {
    const key = await generateKeyPair(this.surroundings.keyKind);
    const name = encodeName(root.subject);
    const serialNumber = newSerialNumber();
    const profile = combineProfiles(purposeProfiles.authority, {
      pathLength: root.pathLength,
      policies: policiesOf(root.toolClass),
      subjectSignTool: root.signTool,
      issuerSignTool: this.surroundings.configuration.issuerSignTool,
    });
    const itself = authorityKeyIdentifier(keyIdentifierOf(key.publicKey), { issuer: name, serialNumber });
    const certificate = await makeCertificate(
      {
        serialNumber,
        issuer: name,
        subject: name,
        notBefore: at,
        notAfter: addMonths(at, root.years * monthsOfYear),
        publicKey: key.publicKey,
        extensions: extensionsOf(profile, key.publicKey, itself),
      },
      key,
    );
    return this.add('root', certificate, key, undefined);
  }

  async addSubordinate({ slug, parent = this.issuer('root'), ...order }: SubordinateOrder): Promise<Issuer> {
    if (!/^[a-z0-9-]+$/.test(slug) || this.issuers.has(slug)) throw new RangeError(`short name ${slug}`);
    const issued = await parent.issue({
      purpose: 'authority',
      subject: subjectOfSubordinate(slug),
      notAfter: parseCertificate(parent.certificate).notAfter,
      ...order,
    });
    if (issued.key === undefined) throw new Error('an authority needs its key');
    return this.add(slug, issued.certificate, issued.key, parent);
  }

  private async add(
    slug: string,
    certificate: Uint8Array,
    key: KeyPair,
    parent: Issuer | undefined,
  ): Promise<Issuer> {
    const issuer = this.place(slug, certificate, key, parent);
    await this.folder?.writeIssuer(slug, certificate, key);
    this.folder?.writeDescription(this.describe());
    return issuer;
  }

  private place(slug: string, certificate: Uint8Array, key: KeyPair, parent: Issuer | undefined): Issuer {
    const issuer = new Issuer(slug, certificate, key, parent, this.register(slug), this.surroundings);
    this.issuers.set(slug, issuer);
    return issuer;
  }

  async restore(description: FolderDescription, folder: AuthorityFolder): Promise<void> {
    for (const { slug, keyKind, parent } of description.issuers) {
      const spkiOf = (der: Uint8Array) => parseCertificate(der).publicKey.der;
      const { certificate, key } = await folder.readIssuer(slug, keyKind, spkiOf);
      this.place(slug, certificate, key, parent === undefined ? undefined : this.issuer(parent));
    }
    for (const event of folder.readEvents()) this.register(event.issuer).apply(event);
  }

  /** Takes over what another process has written into the folder, such as a revocation. */
  refresh(): void {
    for (const event of this.folder?.readNewEvents() ?? []) {
      this.register(event.issuer).apply(event);
      if (event.event !== 'list') this.issuers.get(event.issuer)?.forgetList();
    }
  }

  private describe(): FolderDescription {
    const { url, keyKind } = this.surroundings;
    const issuers = [...this.issuers.values()].map(({ slug, key, parent }) => ({
      slug,
      keyKind: key.kind,
      ...defined({ parent: parent?.slug }),
    }));
    return { version: 1, url, keyKind, issuers };
  }

  private record(event: RegisterEvent): void {
    this.folder?.append(event);
    this.register(event.issuer).apply(event);
  }

  private register(slug: string): Register {
    const found = this.registers.get(slug) ?? new Register();
    this.registers.set(slug, found);
    return found;
  }
}

function subjectOfSubordinate(slug: string): Attribute[] {
  return [
    { type: 'C', value: 'RU' },
    { type: 'O', value: `Испытательный удостоверяющий центр ${slug}` },
    { type: 'CN', value: `Испытательный удостоверяющий центр ${slug}` },
  ];
}
