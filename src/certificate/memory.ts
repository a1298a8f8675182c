import { compareOctets } from '../asn1/writer.ts';
import { type Certificate, parseCertificate } from './certificate.ts';

/** Larger certificates are parsed each time; the largest real ones stay below 3 KiB. */
const largestRemembered = 16 * 1024;

/** A certificate ends with its signature; so many octets of that tell certificates apart before they are read. */
const keyLength = 64;

/** What a memory may hold at most. */
export interface MemoryLimits {
  readonly certificates: number;
  /** Octets of DER; with all that is read of it a certificate takes some nine times as much. */
  readonly octets: number;
}

const defaultLimits: MemoryLimits = { certificates: 5_000, octets: 8 * 1024 * 1024 };

/**
 * Certificates that were proven before, found by their very octets. The same people sign in day after day: their
 * certificates are parsed once, and with them key, extensions and names, which a Certificate reads on first use.
 * A Certificate says nothing of trust and never changes, so that this can change no verdict. Strangers cannot fill
 * it, because only what an authority has issued is to be remembered. Bounded in number and octets; the one not used
 * for the longest goes first.
 */
export class CertificateMemory {
  private readonly known = new Map<string, Certificate>();
  private readonly limits: MemoryLimits;
  private held = 0;

  constructor(limits: Partial<MemoryLimits> = {}) {
    this.limits = { ...defaultLimits, ...limits };
  }

  /** What is held now: certificates, and octets of DER. */
  get size(): MemoryLimits {
    return { certificates: this.known.size, octets: this.held };
  }

  /** The remembered certificate of these octets, or else as `parseCertificate`, throwing as it does; nothing is kept. */
  parse(der: Uint8Array): Certificate {
    const key = keyOf(der);
    const found = this.known.get(key);
    // A copy, because the view would keep the whole message alive in a certificate that is remembered.
    if (found === undefined || compareOctets(found.der, der) !== 0)
      return parseCertificate(der.length > largestRemembered ? der : Uint8Array.from(der));
    this.known.delete(key);
    this.known.set(key, found);
    return found;
  }

  /** Keeps a certificate whose path has been proven; one above 16 KiB is passed over. */
  remember(certificate: Certificate): void {
    const { der } = certificate;
    if (der.length > largestRemembered) return;
    const key = keyOf(der);
    const before = this.known.get(key);
    if (before === certificate) return;
    if (before !== undefined) this.forget(key, before);
    this.known.set(key, certificate);
    this.held += der.length;
    for (const [oldest, kept] of this.known) {
      if (this.known.size <= this.limits.certificates && this.held <= this.limits.octets) return;
      this.forget(oldest, kept);
    }
  }

  private forget(key: string, certificate: Certificate): void {
    this.known.delete(key);
    this.held -= certificate.der.length;
  }
}

function keyOf(der: Uint8Array): string {
  const start = Math.max(0, der.length - keyLength);
  return Buffer.from(der.buffer, der.byteOffset + start, der.length - start).toString('latin1');
}
