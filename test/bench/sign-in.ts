import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../src/authority/authority.ts';
import type { KeyKind } from '../../src/authority/key.ts';
import { makeSecret } from '../../src/relying-party/secret.ts';
import { compare, type Figure } from './measure.ts';
import { authorization, makeSigner, Portal } from './portal.ts';
import { onOneCore, start } from './server.ts';

/** Compilers settle on code that handles requests only after some thousands of them; milliseconds. */
const warmUp = 4_000;
/** Messages are signed for somewhat longer than `compare` measures. */
const measuredSeconds = 6;

const peers = [
  { called: 'bare Express', words: [], goal: 0.5 },
  { called: '… that verifies and makes a P-256 signature', words: ['signing'], goal: undefined },
] as const;

/**
 * Warm sign-ins over HTTP, challenge and login with its durable commit, against a bare Express server that is sent
 * the same two requests and answers with bodies of the same sizes, and against one that does the two signatures of a
 * sign-in besides and checks nothing. Each server has one core for all its threads;
 * messages are signed before the clock starts.
 */
export async function signInBenchmarks(
  skipped: (reason: string) => void,
  kinds: readonly KeyKind[] = ['ecdsa-p256', 'gost2012-256'],
): Promise<Figure[]> {
  const pin = onOneCore();
  if (pin.length === 0) skipped('taskset is not there: the servers of sign-ins use every core');
  const figures: Figure[] = [];
  for (const kind of kinds) figures.push(...(await signIns(kind, pin)));
  return figures;
}

async function signIns(kind: KeyKind, pin: readonly string[]): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-bench-'));
  const authority = await createAuthority({ algorithm: kind, serve: {} });
  const { secret, secretHash } = makeSecret();
  writeFileSync(join(folder, 'root.der'), authority.root.certificate);
  writeFileSync(join(folder, 'accredited.der'), authority.accredited.certificate);
  const signer = await makeSigner(authority, kind, folder);
  const sealgate = await start(pin, 'sealgate', folder, secretHash);
  const portal = new Portal(sealgate.port, authorization('portal', secret), signer);
  try {
    const sizes = await portal.open();
    await portal.prepare(2_000);
    const rate = await portal.signIns()(warmUp);
    const name = `warm sign-in over HTTP, ${kind}`;
    const figures: Figure[] = [];
    for (const { called, words, goal } of peers) {
      const bare = await start(pin, 'express', String(sizes.challenge), String(sizes.login), ...words);
      const peer = new Portal(bare.port, authorization('portal', secret), signer).repeats(portal.sample);
      await peer(warmUp);
      await portal.prepare(Math.ceil(rate * measuredSeconds));
      figures.push(await compare(name, called, portal.signIns(), peer, goal));
      bare.process.kill();
    }
    return figures;
  } finally {
    sealgate.process.kill('SIGKILL');
    await authority.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
