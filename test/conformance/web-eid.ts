import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicKeyOf } from '../../src/algorithm/public-key.ts';
import type { SignatureAlgorithm } from '../../src/algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../../src/algorithm/verify.ts';
import { Budget } from '../../src/budget/budget.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { purposeOids } from '../../src/certificate/constraints.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure } from '../../src/error.ts';
import { findPath } from '../../src/path/find.ts';
import { profiles } from '../../src/path/profile.ts';
import { readManifest } from './manifest.ts';
import type { CaseResult, Suite } from './suite.ts';

interface Case {
  readonly id: string;
  readonly token: {
    readonly algorithm: string;
    readonly unverifiedCertificate: string;
    readonly signature: string;
    readonly format: string;
  };
  readonly origin: string;
  readonly nonce: string;
  readonly at: string;
  readonly issuer: string;
  readonly expected: 'valid' | 'invalid';
}

const digests = { '256': 'sha256', '384': 'sha384', '512': 'sha512' } as const;

/** Algorithms by their JOSE names (RFC 7518, section 3.1). */
function algorithmOf(name: string): SignatureAlgorithm | undefined {
  const bits = name.slice(2);
  if (bits !== '256' && bits !== '384' && bits !== '512') return undefined;
  const digest = digests[bits];
  if (name.startsWith('ES')) return { family: 'ecdsa', digest };
  if (name.startsWith('RS')) return { family: 'rsa-pkcs1', digest };
  if (!name.startsWith('PS')) return undefined;
  return { family: 'rsa-pss', digest, maskDigest: digest, saltLength: Number(bits) / 8 };
}

function judge(folder: string, { token, origin, nonce, at, issuer }: Case): string {
  if (!/^web-eid:1(\.\d+)?$/.test(token.format)) return `format ${token.format}`;
  const algorithm = algorithmOf(token.algorithm);
  if (algorithm === undefined || algorithm.family === 'ed25519') return `algorithm ${token.algorithm}`;
  try {
    const target = parseCertificate(Buffer.from(token.unverifiedCertificate, 'base64'));
    findPath({
      target,
      pool: [],
      anchors: [anchorOf(parseCertificate(readFileSync(join(folder, issuer))))],
      at: Date.parse(at),
      profile: { ...profiles.rfc5280, targetKeyUsage: ['digitalSignature'] },
      purposes: [purposeOids.clientAuth],
      budget: new Budget(),
    });
    const key = publicKeyOf(target.publicKey);
    const hash = (text: string) => createHash(algorithm.digest).update(text).digest();
    const signed = Buffer.concat([hash(origin), hash(nonce)]);
    const signature = Buffer.from(token.signature, 'base64');
    const holds =
      key.family !== 'unusable' && verifySignatureValue(algorithm, key, signed, signature, 'ieee-p1363');
    return holds ? 'valid' : 'signature';
  } catch (error) {
    if (!isFailure(error)) throw error;
    return `${error.code} ${JSON.stringify(error.details)}`;
  }
}

/** Login tokens of Web eID: the certificate's path and use, and the signature over origin and nonce. */
export const suite: Suite = {
  name: 'web-eid',
  recognises: (folder) =>
    readManifest<{ tests?: Partial<Case>[] }>(folder)?.tests?.[0]?.token?.unverifiedCertificate !== undefined,
  *run(folder): Iterable<CaseResult> {
    for (const test of readManifest<{ tests: Case[] }>(folder)?.tests ?? []) {
      const found = judge(folder, test);
      const isRight = (found === 'valid') === (test.expected === 'valid');
      if (isRight) yield { id: test.id, outcome: 'passed' };
      else yield { id: test.id, outcome: 'failed', reason: `expected ${test.expected}: ${found}` };
    }
  },
};
