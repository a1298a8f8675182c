import { generateKeyPairSync, sign } from 'node:crypto';
import { type EcKey, ecdsa } from '../../src/algorithm/ecdsa.ts';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import { coldVerification } from './core.ts';
import { compare, type Figure, repeat, repeatAsync } from './measure.ts';
import { environmentOf, makeSpecimen, whyNoGostEngine } from './message.ts';
import { type NativePeer, startJavaPeer, startNativePeer } from './native-peer.ts';
import { verifyWithPkijs } from './peer/pkijs.ts';

type Skipped = (reason: string) => void;

/**
 * Cold verification of a 1 KB message with a chain of two: P-256 against OpenSSL's CMS_verify and pkijs, GOST on
 * CryptoPro-A and XchA against OpenSSL with the gost engine and BouncyCastle. `skipped` is told what is missing.
 */
export async function cmsBenchmarks(skipped: Skipped): Promise<Figure[]> {
  const figures = await onP256(skipped);
  if (whyNoGostEngine !== undefined) skipped(`CMS with GOST: ${whyNoGostEngine}`);
  else for (const set of ['A', 'XA']) figures.push(...(await onGost(set, skipped)));
  return figures;
}

async function onP256(skipped: Skipped): Promise<Figure[]> {
  const specimen = makeSpecimen(['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], 'sha256');
  const { root, message, content, folder } = specimen;
  const name = 'cold login core, P-256';
  const ours = repeat(coldVerification(specimen));
  try {
    const figures = await against(
      name,
      'OpenSSL CMS_verify',
      ours,
      startNativePeer('cms', folder, filesOf(folder)),
      1.5,
      skipped,
    );
    const pkijs = repeatAsync(() => verifyWithPkijs(message, root, content));
    return [
      ...figures,
      await compare(name, 'pkijs', ours, pkijs, 25),
      await compare(name, 'its two signatures alone', ours, repeat(twoSignatures())),
    ];
  } finally {
    specimen.close();
  }
}

/** Below what OpenSSL's ECDSA itself takes nothing that verifies a message and a certificate can get. */
function twoSignatures(): () => void {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { der, key: point } = parsePublicKeyInfo(publicKey.export({ format: 'der', type: 'spki' }));
  const key: EcKey = { family: 'ec', curve: 'P-256', point, der };
  const data = Buffer.alloc(600, 1);
  const signature = sign('sha256', data, privateKey);
  return () => {
    for (let each = 0; each < 2; each++) {
      if (!ecdsa.verify(key, 'sha256', data, signature)) throw new Error('the signature does not hold');
    }
  };
}

async function onGost(set: string, skipped: Skipped): Promise<Figure[]> {
  const specimen = makeSpecimen(
    ['-algorithm', 'gost2012_256', '-pkeyopt', `paramset:${set}`],
    'md_gost12_256',
    true,
  );
  const { folder } = specimen;
  const name = `cold login core, GOST 256 ${set}`;
  const ours = repeat(coldVerification(specimen));
  try {
    const engine = startNativePeer('cms', folder, filesOf(folder), environmentOf(folder));
    return [
      ...(await against(name, 'OpenSSL with the gost engine', ours, engine, 1.5, skipped)),
      ...(await against(
        name,
        'BouncyCastle',
        ours,
        startJavaPeer('Cms', folder, filesOf(folder)),
        10,
        skipped,
      )),
    ];
  } finally {
    specimen.close();
  }
}

function filesOf(folder: string): readonly string[] {
  return ['root.der', 'message.der', 'content'].map((name) => `${folder}/${name}`);
}

async function against(
  name: string,
  peerName: string,
  ours: Parameters<typeof compare>[2],
  peer: NativePeer | string,
  goal: number,
  skipped: Skipped,
): Promise<Figure[]> {
  if (typeof peer === 'string') {
    skipped(`${name} against ${peerName}: ${peer}`);
    return [];
  }
  try {
    return [await compare(name, peerName, ours, peer.contender, goal)];
  } finally {
    peer.close();
  }
}
