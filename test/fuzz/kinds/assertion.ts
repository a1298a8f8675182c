import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { verifyAssertion } from '../../../src/assertion/check.ts';
import type { AssertionClaims } from '../../../src/assertion/claims.ts';
import { signAssertion } from '../../../src/assertion/issue.ts';
import { openKeyFile } from '../../../src/assertion/signer.ts';
import { octetsOf, part, verdictLater } from '../judge.ts';
import type { Kind } from '../kind.ts';
import { madeAt } from './house.ts';

const issuer = 'https://sealgate.example';
const seconds = madeAt / 1000;
const claims = {
  ...{ iss: issuer, sub: 'ogrn:1027700132195', aud: 'portal', iat: seconds, exp: seconds + 300 },
  ...{ jti: 'a', sid: 's', auth_time: seconds, acr: 'urn:x', amr: ['pop'], client_id: 'portal' },
  organisation: { inn: '7707083893', ogrn: '1027700132195', name: 'ПАО «Ромашка»' },
  signer: { name: 'Иванова Анна Петровна' },
  'x5t#S256': 'thumbprint',
} as AssertionClaims;

/** An assertion as the service verifies it when it is shown. */
export const assertion: Kind = {
  name: 'assertion',
  form: 'token',
  meaning: 'every claim',
  async make() {
    const made = [await make('ec'), await make('ed25519')];
    return {
      inputs: new Map(made.map(({ token, jwk }) => [String(jwk.alg), octetsOf(token)])),
      context: new Map([['keys', octetsOf(JSON.stringify(made.map(({ jwk }) => jwk)))]]),
    };
  },
  judge(material) {
    const keys = JSON.parse(Buffer.from(part(material, 'keys')).toString()) as JWK[];
    const currentDate = new Date(madeAt + 1_000);
    return (octets) =>
      verdictLater(async () =>
        JSON.stringify(await verifyAssertion(Buffer.from(octets).toString(), keys, { issuer, currentDate })),
      );
  },
};

async function make(kind: 'ec' | 'ed25519'): Promise<{ readonly token: string; readonly jwk: JWK }> {
  const { privateKey } =
    kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-fuzz-'));
  try {
    const file = join(folder, 'key.pem');
    writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const signer = await openKeyFile(file);
    return { token: await signAssertion(signer, claims), jwk: signer.jwk };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
