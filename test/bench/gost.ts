import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOids } from '../../src/algorithm/oids.ts';
import { encodeBitString, encodeOctetString, encodeOid, encodeSequence } from '../../src/asn1/writer.ts';
import type { GostEngine } from '../../src/gost/contract.ts';
import { type GostCurve, gostCurves } from '../../src/gost/curve.ts';
import { loadNative, type NativeGostEngine } from '../../src/gost/native.ts';
import { typescriptEngine } from '../../src/gost/typescript.ts';
import { type Contender, compare, type Figure, repeat } from './measure.ts';
import { startNativePeer } from './native-peer.ts';

/** The sets of real certificates have to be twice as fast as the engine, the others as fast. */
const goals = new Map([
  ['CryptoPro-A', 2],
  ['CryptoPro-XchA', 2],
  ['TC26-256-A', 2],
]);

/** More keys than any of which something would be remembered between two visits. */
const manyKeys = 64;

interface Signed {
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
}

/**
 * Raw verification on every parameter set: the native engine against OpenSSL's gost engine and against TypeScript.
 * Against OpenSSL, whose key is parsed beforehand, ours is measured twice: on keys that it never saw, which are checked
 * each time, and on one that came back and has its table. `skipped` is told why a comparison is missing.
 */
export async function gostBenchmarks(skipped: (reason: string) => void): Promise<Figure[]> {
  const native = nativeEngine(skipped);
  if (native === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-bench-'));
  const figures: Figure[] = [];
  try {
    for (const curve of gostCurves) {
      const signed = Array.from({ length: manyKeys }, () => makeSigned(native, curve));
      const unknown = verifications(native, curve, signed);
      const known = verifications(native, curve, signed.slice(0, 1));
      const fresh: Contender = (milliseconds) => {
        native.setKeyMemory(0);
        return unknown(milliseconds);
      };
      const returning: Contender = (milliseconds) => {
        native.setKeyMemory(manyKeys);
        return known(milliseconds);
      };
      const peer = startNativePeer('gost', folder, peerArguments(curve, signed[0]!));
      if (typeof peer === 'string') skipped(`${curve.name} against OpenSSL: ${peer}`);
      else {
        const name = `GOST verification, ${curve.name}`;
        const openssl = 'OpenSSL with gost engine';
        const goal = goals.get(curve.name) ?? 1;
        try {
          figures.push(await compare(`${name}, new key`, openssl, fresh, peer.contender, goal));
          figures.push(await compare(`${name}, returning key`, openssl, returning, peer.contender, goal));
        } catch (error) {
          skipped(`${curve.name} against OpenSSL: ${error instanceof Error ? error.message : error}`);
        } finally {
          peer.close();
        }
      }
      const twin = verifications(typescriptEngine, curve, signed.slice(0, 1));
      figures.push(await compare(`GOST verification, ${curve.name}, new key`, 'our TypeScript', fresh, twin));
    }
  } finally {
    native.setKeyMemory(1024);
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

function nativeEngine(skipped: (reason: string) => void): NativeGostEngine | undefined {
  try {
    return loadNative();
  } catch (error) {
    skipped(`GOST: the native engine does not load: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

function makeSigned(engine: GostEngine, curve: GostCurve): Signed {
  const privateKey = randomBytes(curve.size);
  privateKey[curve.size - 1] = 1;
  const digest = randomBytes(curve.size);
  return {
    digest,
    signature: engine.sign(curve, digest, privateKey),
    publicKey: engine.publicKey(curve, privateKey),
  };
}

/** Verifies one after the other, round and round. */
function verifications(engine: GostEngine, curve: GostCurve, signed: readonly Signed[]): Contender {
  let turn = 0;
  return repeat(() => {
    const { digest, signature, publicKey } = signed[turn++ % signed.length]!;
    if (!engine.verify(curve, digest, signature, publicKey)) throw new Error('a good signature was refused');
  });
}

function peerArguments(curve: GostCurve, { digest, signature, publicKey }: Signed): string[] {
  const keyOid = curve.bits === 256 ? keyOids.gost2012With256 : keyOids.gost2012With512;
  const info = encodeSequence(
    encodeSequence(encodeOid(keyOid), encodeSequence(encodeOid(curve.oid))),
    encodeBitString(encodeOctetString(publicKey)),
  );
  return [info, digest, signature].map((octets) => Buffer.from(octets).toString('hex'));
}
