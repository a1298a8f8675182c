import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DigestAlgorithm } from '../../src/algorithm/digest.ts';
import { type EcdsaForm, nodeEcdsa } from '../../src/algorithm/ecdsa.ts';
import { keyOids } from '../../src/algorithm/oids.ts';
import { publicKeyOf } from '../../src/algorithm/public-key.ts';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import type { SignatureAlgorithm } from '../../src/algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../../src/algorithm/verify.ts';
import { encodeBitString, encodedNull, encodeOid, encodeSequence } from '../../src/asn1/writer.ts';
import type { CaseResult, Suite } from './suite.ts';

interface Group {
  readonly type: string;
  readonly sha?: string;
  readonly mgfSha?: string;
  readonly sLen?: number;
  readonly publicKeyDer?: string;
  /** RSAPublicKey without its algorithm. */
  readonly publicKeyAsn?: string;
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly msg: string;
    readonly sig: string;
    readonly result: 'valid' | 'invalid' | 'acceptable';
  }[];
}

const digests = new Map<string, DigestAlgorithm>([
  ['SHA-1', 'sha1'],
  ['SHA-224', 'sha224'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

function digestOf(name: string | undefined): DigestAlgorithm | undefined {
  return name === undefined ? undefined : digests.get(name);
}

function algorithmOf(group: Group): { algorithm: SignatureAlgorithm; form: EcdsaForm } | string {
  const digest = digestOf(group.sha);
  switch (group.type) {
    case 'EddsaVerify':
      return { algorithm: { family: 'ed25519' }, form: 'der' };
    case 'EcdsaVerify':
    case 'EcdsaP1363Verify': {
      if (digest === undefined) break;
      const form = group.type === 'EcdsaVerify' ? 'der' : 'ieee-p1363';
      return { algorithm: { family: 'ecdsa', digest }, form };
    }
    case 'RsassaPkcs1Verify':
      if (digest === undefined) break;
      return { algorithm: { family: 'rsa-pkcs1', digest }, form: 'der' };
    case 'RsassaPssVerify':
    case 'RsassaPssWithParametersVerify': {
      const maskDigest = digestOf(group.mgfSha);
      if (digest === undefined || maskDigest === undefined || group.sLen === undefined) break;
      return { algorithm: { family: 'rsa-pss', digest, maskDigest, saltLength: group.sLen }, form: 'der' };
    }
  }
  return `${group.type} with ${group.sha ?? 'no hash'} and ${group.mgfSha ?? 'no mask'} is no algorithm of ours`;
}

function keyOctets(group: Group): Uint8Array {
  if (group.publicKeyDer !== undefined) return Buffer.from(group.publicKeyDer, 'hex');
  const identifier = encodeSequence(encodeOid(keyOids.rsa), encodedNull);
  return encodeSequence(identifier, encodeBitString(Buffer.from(group.publicKeyAsn ?? '', 'hex')));
}

function* runGroup(file: string, group: Group): Iterable<CaseResult> {
  const how = algorithmOf(group);
  const key = publicKeyOf(parsePublicKeyInfo(keyOctets(group)));
  for (const test of group.tests) {
    const id = `${file}#${test.tcId}`;
    if (typeof how === 'string') {
      yield { id, outcome: 'skipped', reason: how };
    } else if (key.family === 'unusable' && key.reason === 'unknown') {
      yield { id, outcome: 'skipped', reason: `key of a kind that we refuse: ${key.kind}` };
    } else {
      const [message, signature] = [Buffer.from(test.msg, 'hex'), Buffer.from(test.sig, 'hex')];
      const holds =
        key.family !== 'unusable' && verifySignatureValue(how.algorithm, key, message, signature, how.form);
      if (key.family === 'ec' && how.algorithm.family === 'ecdsa' && how.form === 'der') {
        const other = nodeEcdsa.verify(key, how.algorithm.digest, message, signature);
        if (other !== holds) {
          yield { id, outcome: 'failed', reason: `${holds}, but ${other} through node:crypto` };
          continue;
        }
      }
      const isRight = test.result === 'acceptable' || holds === (test.result === 'valid');
      yield isRight
        ? { id, outcome: 'passed' }
        : { id, outcome: 'failed', reason: `${test.result}, but ${holds}: ${test.comment}` };
    }
  }
}

/** Wycheproof's signatures; what it calls acceptable passes either way. */
export const suite: Suite = {
  name: 'wycheproof',
  recognises(folder) {
    const index = join(folder, 'index.json');
    return existsSync(index) && readdirSync(folder).some((name) => name.endsWith('_test.json.gz'));
  },
  *run(folder): Iterable<CaseResult> {
    for (const name of readdirSync(folder).sort()) {
      if (!/_test\.json(\.gz)?$/.test(name)) continue;
      const octets = readFileSync(join(folder, name));
      const json = name.endsWith('.gz') ? gunzipSync(octets) : octets;
      const { testGroups } = JSON.parse(json.toString()) as { testGroups: Group[] };
      const file = name.replace(/_test\.json(\.gz)?$/, '');
      for (const group of testGroups) yield* runGroup(file, group);
    }
  },
};
