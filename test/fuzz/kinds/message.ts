import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentAlgorithms } from '../../../src/algorithm/policy.ts';
import { signatureAlgorithmName } from '../../../src/algorithm/signature-algorithm.ts';
import { signDetached } from '../../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../../src/authority/issuer.ts';
import { exportPrivateKey, type KeyKind } from '../../../src/authority/key.ts';
import { Budget } from '../../../src/budget/budget.ts';
import { signInLimits } from '../../../src/budget/limits.ts';
import { Checks } from '../../../src/report/check.ts';
import { verifySignature } from '../../../src/signature/verify.ts';
import { makeMessage } from '../../../src/signing/message.ts';
import { openKeyFile } from '../../../src/token/key-file.ts';
import { octetsOf, part, verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';
import { contextOf, madeAt, makeAuthority, pathsIn } from './house.ts';

const content = 'Sign in to the portal, https://portal.example\n';

const rules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};

/** Messages of one algorithm, as a sign-in verifies them, with the path of their signer. */
function messages(name: string, algorithm: KeyKind): Kind {
  return {
    name,
    form: 'der',
    meaning: 'who signed, when by their claim, with which algorithm, and whether anything was conceded',
    async make() {
      const { authority, signer } = await makeAuthority(algorithm);
      return {
        inputs: new Map([
          ['detached', await signDetached(octetsOf(content), signer, madeAt)],
          ['attached', await signAttached(signer)],
        ]),
        context: new Map([...contextOf(authority), ['content', octetsOf(content)]]),
      };
    },
    judge(material) {
      const find = pathsIn(material);
      const expected = part(material, 'content');
      return (octets) =>
        verdictOf(() => {
          const budget = new Budget(signInLimits);
          const signature = verifySignature(octets, expected, rules, new Checks(), budget);
          const { signer, certificates, signingTime, algorithm: used, concessions } = signature;
          find(signer, certificates);
          return JSON.stringify([signer.sha256, signingTime, signatureAlgorithmName(used), concessions]);
        });
    },
  };
}

async function signAttached({ certificate, key, chain }: IssuedCertificate): Promise<Uint8Array> {
  if (key === undefined) throw new Error('the signer has no key');
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-fuzz-'));
  try {
    const file = join(folder, 'signer.key');
    writeFileSync(file, await exportPrivateKey(key));
    const opened = await openKeyFile(file);
    const { publicKey, schemes } = opened;
    const signer = {
      ...{ publicKey, schemes, certificate, chain: chain.slice(0, 1) },
      sign: opened.sign.bind(opened),
      close: () => opened.close(),
    };
    return await makeMessage(octetsOf(content), signer, { signingTime: madeAt });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const rsaMessage: Kind = messages('message-rsa', 'rsa-2048');
export const ecdsaMessage: Kind = messages('message-ecdsa', 'ecdsa-p256');
export const gostMessage: Kind = messages('message-gost', 'gost2012-256');
