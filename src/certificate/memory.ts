import { type Certificate, parseCertificate } from './certificate.ts';

/**
 * Certificates that were parsed before, found by their very octets. The same people sign in day after day: their
 * certificates are parsed once, and with them key, extensions and names, which a Certificate reads on first use.
 * A Certificate says nothing of trust and never changes, so that this can change no verdict. Bounded; the one not
 * used for the longest goes first.
 */
export class CertificateMemory {
  private readonly known = new Map<string, Certificate>();
  private readonly capacity: number;

  /** `capacity`: how many certificates are kept; one takes some 10 KB with all that was read of it. */
  constructor(capacity = 5_000) {
    this.capacity = capacity;
  }

  /** As `parseCertificate`, and throws as it does; what cannot be parsed is not kept. */
  parse(der: Uint8Array): Certificate {
    const key = Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1');
    const found = this.known.get(key);
    if (found !== undefined) {
      this.known.delete(key);
      this.known.set(key, found);
      return found;
    }
    // A copy, because the view would keep the whole message alive.
    const certificate = parseCertificate(Uint8Array.from(der));
    this.known.set(key, certificate);
    if (this.known.size > this.capacity) {
      const [oldest] = this.known.keys();
      if (oldest !== undefined) this.known.delete(oldest);
    }
    return certificate;
  }
}
