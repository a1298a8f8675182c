import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { keyOids } from '../../src/algorithm/oids.ts';
import { encodeBitString, encodeOctetString, encodeOid, encodeSequence } from '../../src/asn1/writer.ts';
import { type GostCurve, gostCurveByOid } from '../../src/gost/curve.ts';
import { distinctCurves, engines, hex, little, octets } from './engines.ts';

const folder = mkdtempSync(join(tmpdir(), 'sealgate-gost-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = join(folder, 'openssl');

function buildPeer(): string | undefined {
  const source = fileURLToPath(new URL('openssl.c', import.meta.url));
  const built = spawnSync('gcc', ['-O1', '-Wno-deprecated-declarations', '-o', program, source, '-lcrypto'], {
    encoding: 'utf8',
  });
  if (built.status !== 0) return `gcc or libssl-dev is missing: ${built.stderr?.split('\n')[0] ?? 'no gcc'}`;
  return spawnSync(program, { input: '' }).status === 0 ? undefined : 'libengine-gost-openssl is missing';
}

const missing = buildPeer();
if (missing !== undefined && process.env.CI) throw new Error(missing);
const title = (text: string) => (missing === undefined ? text : `${text} (skipped: ${missing})`);

function ask(requests: readonly string[]): string[] {
  const { stdout, stderr, status } = spawnSync(program, {
    input: requests.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the peer ended with ${status}: ${stderr}`);
  return stdout.trim().split('\n');
}

function keyInfo(curve: GostCurve, publicKey: Uint8Array): Uint8Array {
  const oid = curve.bits === 256 ? keyOids.gost2012With256 : keyOids.gost2012With512;
  return encodeSequence(
    encodeSequence(encodeOid(oid), encodeSequence(encodeOid(curve.oid))),
    encodeBitString(encodeOctetString(publicKey)),
  );
}

function flipped(from: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(from);
  copy[copy.length >> 1]! ^= 1 << (copy[0]! % 8);
  return copy;
}

/** The names by which the engine makes keys, with the identifiers that they stand for. */
const sets = [
  ['gost2012_256', 'A', '1.2.643.2.2.35.1'],
  ['gost2012_256', 'B', '1.2.643.2.2.35.2'],
  ['gost2012_256', 'C', '1.2.643.2.2.35.3'],
  ['gost2012_256', 'XA', '1.2.643.2.2.36.0'],
  ['gost2012_256', 'XB', '1.2.643.2.2.36.1'],
  ['gost2012_256', 'TCA', '1.2.643.7.1.2.1.1.1'],
  ['gost2012_256', 'TCB', '1.2.643.7.1.2.1.1.2'],
  ['gost2012_256', 'TCC', '1.2.643.7.1.2.1.1.3'],
  ['gost2012_256', 'TCD', '1.2.643.7.1.2.1.1.4'],
  ['gost2012_512', 'A', '1.2.643.7.1.2.1.2.1'],
  ['gost2012_512', 'B', '1.2.643.7.1.2.1.2.2'],
  ['gost2012_512', 'C', '1.2.643.7.1.2.1.2.3'],
  ['gost2001', 'A', '1.2.643.2.2.35.1'],
] as const;

describe.skipIf(missing)(title("raw signatures, OpenSSL's gost engine"), () => {
  it.each(sets)('%s with %s: what it signs holds here, and not with a bit flipped', (algorithm, set, oid) => {
    const curve = gostCurveByOid(oid)!;
    const digest = randomBytes(curve.size);
    const [answer = ''] = ask([`sign ${algorithm} ${set} ${hex(digest)}`]);
    const [info = '', signed = ''] = answer.split(' ');
    const signature = octets(signed);
    const publicKey = octets(info).subarray(-2 * curve.size);
    for (const engine of engines) {
      expect(engine.checkPublicKey(curve, publicKey)).toBeUndefined();
      expect(engine.verify(curve, digest, signature, publicKey)).toBe(true);
      expect(engine.verify(curve, flipped(digest), signature, publicKey)).toBe(false);
      expect(engine.verify(curve, digest, flipped(signature), publicKey)).toBe(false);
    }
  });

  it.each(distinctCurves)('$name: what is signed here holds there, and not with a bit flipped', (curve) => {
    for (const engine of engines) {
      const privateKey = little(1n + BigInt(`0x${randomBytes(30).toString('hex')}`), curve.size);
      const digest = randomBytes(curve.size);
      const signature = engine.sign(curve, digest, privateKey);
      const info = hex(keyInfo(curve, engine.publicKey(curve, privateKey)));
      expect(
        ask([
          `verify ${info} ${hex(digest)} ${hex(signature)}`,
          `verify ${info} ${hex(flipped(digest))} ${hex(signature)}`,
          `verify ${info} ${hex(digest)} ${hex(flipped(signature))}`,
        ]),
      ).toEqual(['1', '0', '0']);
    }
  });
});
