import { hash } from 'node:crypto';
import type { Certificate } from '../certificate/certificate.ts';
import type { Name } from '../certificate/name.ts';
import type { TrustAnchor } from '../certificate/trust-anchor.ts';

/**
 * Things with a name, found by it: first those whose name has the very octets, which is how nearly every
 * authority writes it, and, asked apart because it costs more, those whose name is equal by RFC 5280, section 7.1.
 */
class NameIndex<T> {
  private readonly byOctets = new Map<string, T[]>();
  private readonly nameOf: (item: T) => Name;
  /** Of all spellings together. */
  readonly nameOctets: number;
  /** Octets of the names that are equal by comparison. */
  private byComparison: Map<string, string[]> | undefined;

  constructor(items: readonly T[], nameOf: (item: T) => Name) {
    this.nameOf = nameOf;
    for (const item of items) append(this.byOctets, nameOf(item).key, item);
    let octets = 0;
    for (const key of this.byOctets.keys()) octets += key.length;
    this.nameOctets = octets;
  }

  same(name: Name): readonly T[] {
    return this.byOctets.get(name.key) ?? [];
  }

  /** What the first `alike` needs, spelling by spelling: preparing many long names takes a while. */
  *prepare(): Generator<undefined, void> {
    if (this.byComparison !== undefined) return;
    for (const [item] of this.byOctets.values()) {
      comparisonKey(this.nameOf(item!));
      yield undefined;
    }
  }

  /** Equal ones that `same` does not give. */
  alike(name: Name): readonly T[] {
    this.byComparison ??= this.indexByComparison();
    const key = comparisonKey(name);
    const equal = key === undefined ? undefined : this.byComparison.get(key);
    if (equal === undefined) return [];
    return equal.filter((octets) => octets !== name.key).flatMap((octets) => this.byOctets.get(octets) ?? []);
  }

  /** Each spelling of a name is prepared once, however many things bear it. */
  private indexByComparison(): Map<string, string[]> {
    const index = new Map<string, string[]>();
    for (const [octets, items] of this.byOctets) {
      const key = comparisonKey(this.nameOf(items[0]!));
      if (key !== undefined) append(index, key, octets);
    }
    return index;
  }
}

function append<T>(index: Map<string, T[]>, key: string, item: T): void {
  const bucket = index.get(key);
  if (bucket === undefined) index.set(key, [item]);
  else bucket.push(item);
}

/** Undefined for a name that breaks its own encoding; such a one equals only itself. */
function comparisonKey(name: Name): string | undefined {
  try {
    return name.comparable.join('\u0000');
  } catch {
    return undefined;
  }
}

/** Certificates indexed by subject, once, for many searches. */
export class CertificateSet {
  readonly certificates: readonly Certificate[];
  private readonly index: NameIndex<Certificate>;
  private members: ReadonlySet<Certificate> | undefined;

  constructor(certificates: readonly Certificate[]) {
    this.certificates = certificates;
    this.index = new NameIndex(certificates, (certificate) => certificate.subject);
  }

  /** Octets of all subjects, each spelling counted once: what asking `alike` for the first time has to prepare. */
  get nameOctets(): number {
    return this.index.nameOctets;
  }

  /** Whether it holds this very object. */
  has(certificate: Certificate): boolean {
    this.members ??= new Set(this.certificates);
    return this.members.has(certificate);
  }

  /** Those whose subject is `name` octet by octet. */
  same(name: Name): readonly Certificate[] {
    return this.index.same(name);
  }

  /** Prepares what `alike` needs when it is asked for the first time; pauses between names. */
  prepareNames(): Generator<undefined, void> {
    return this.index.prepare();
  }

  /** Those whose subject is `name` by comparison only (RFC 5280, section 7.1). */
  alike(name: Name): readonly Certificate[] {
    return this.index.alike(name);
  }
}

/** Trust anchors indexed by name, once, for many searches. */
export class AnchorSet {
  readonly anchors: readonly TrustAnchor[];
  private readonly index: NameIndex<TrustAnchor>;
  private fingerprint: string | undefined;

  constructor(anchors: readonly TrustAnchor[]) {
    this.anchors = anchors;
    this.index = new NameIndex(anchors, (anchor) => anchor.name);
  }

  same(name: Name): readonly TrustAnchor[] {
    return this.index.same(name);
  }

  alike(name: Name): readonly TrustAnchor[] {
    return this.index.alike(name);
  }

  /** SHA-256 over names and keys, the same for the same anchors in any order; lower-case hexadecimal. */
  get sha256(): string {
    this.fingerprint ??= fingerprintOf(this.anchors);
    return this.fingerprint;
  }
}

function fingerprintOf(anchors: readonly TrustAnchor[]): string {
  const each = anchors.map(({ name, publicKey, enforcesExtensions, certificate }) =>
    [
      hash('sha256', name.der, 'hex'),
      hash('sha256', publicKey.der, 'hex'),
      enforcesExtensions,
      certificate?.sha256,
    ].join(),
  );
  return hash('sha256', each.sort().join('\n'), 'hex');
}
