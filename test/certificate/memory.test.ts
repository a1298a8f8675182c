import { describe, expect, it } from 'vitest';
import { CertificateMemory } from '../../src/certificate/memory.ts';
import { commonName, extension, issueDer, newKeys } from '../path/certificates.ts';

const keys = newKeys();

/** A certificate of about `size` octets. */
function certificateOf(size: number): Uint8Array {
  const padding = size < 400 ? [] : [extension('1.2.3', new Uint8Array(size - 300))];
  return issueDer({
    subject: commonName('Signer'),
    issuer: commonName('Authority'),
    keys,
    signer: keys,
    extensions: padding,
  });
}

function remembered(memory: CertificateMemory, der: Uint8Array): boolean {
  const found = memory.parse(der);
  return found === memory.parse(der);
}

describe('a certificate', () => {
  it('that was only parsed is not kept, and one that was remembered is found again', () => {
    const memory = new CertificateMemory();
    const der = certificateOf(300);
    const first = memory.parse(der);
    expect(memory.parse(der)).not.toBe(first);
    expect(memory.size).toEqual({ certificates: 0, octets: 0 });
    memory.remember(first);
    expect(memory.parse(Uint8Array.from(der))).toBe(first);
    expect(memory.size).toEqual({ certificates: 1, octets: der.length });
  });

  it('that differs in one octet from a remembered one, wherever it stands, is not taken for it', () => {
    const memory = new CertificateMemory();
    const der = certificateOf(300);
    const known = memory.parse(der);
    memory.remember(known);
    let parsed = 0;
    for (const at of der.keys()) {
      const other = Uint8Array.from(der);
      other[at]! ^= 1;
      try {
        expect(memory.parse(other)).not.toBe(known);
        parsed++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'certificate_malformed' });
      }
    }
    expect(parsed).toBeGreaterThan(100);
    expect(memory.parse(der)).toBe(known);
  });

  it('does not keep the message alive that it stood in', () => {
    const memory = new CertificateMemory();
    const der = certificateOf(300);
    const message = Buffer.concat([Buffer.alloc(100_000), der]);
    const certificate = memory.parse(message.subarray(100_000));
    memory.remember(certificate);
    expect(certificate.der.buffer.byteLength).toBeLessThan(10_000);
  });

  it('above 16 KiB is not kept, and one right below is', () => {
    const memory = new CertificateMemory();
    const [large, small] = [certificateOf(17_000), certificateOf(16_000)];
    expect(large.length).toBeGreaterThan(16 * 1024);
    expect(small.length).toBeLessThan(16 * 1024);
    for (const der of [large, small]) memory.remember(memory.parse(der));
    expect(remembered(memory, large)).toBe(false);
    expect(remembered(memory, small)).toBe(true);
    expect(memory.size).toEqual({ certificates: 1, octets: small.length });
  });
});

describe('the one not used for the longest goes first', () => {
  it('where there are too many', () => {
    const memory = new CertificateMemory({ certificates: 2 });
    const [a, b, c] = [certificateOf(300), certificateOf(300), certificateOf(300)];
    memory.remember(memory.parse(a));
    memory.remember(memory.parse(b));
    memory.parse(a);
    memory.remember(memory.parse(c));
    expect([a, b, c].map((der) => remembered(memory, der))).toEqual([true, false, true]);
    expect(memory.size).toEqual({ certificates: 2, octets: a.length + c.length });
  });

  it('where they are too large together, until there is room', () => {
    const memory = new CertificateMemory({ octets: 10_000 });
    const small = [certificateOf(3000), certificateOf(3000), certificateOf(3000)];
    for (const der of small) memory.remember(memory.parse(der));
    expect(small.map((der) => remembered(memory, der))).toEqual([true, true, true]);
    const large = certificateOf(6000);
    memory.remember(memory.parse(large));
    expect(small.map((der) => remembered(memory, der))).toEqual([false, false, true]);
    expect(memory.size.octets).toBe(small[2]!.length + large.length);
  });

  it('and the same one remembered twice, even parsed twice, counts once', () => {
    const memory = new CertificateMemory();
    const der = certificateOf(300);
    const twins = [memory.parse(der), memory.parse(der)];
    for (const twin of twins) memory.remember(twin);
    for (const twin of twins) memory.remember(twin);
    expect(memory.size).toEqual({ certificates: 1, octets: der.length });
  });
});
