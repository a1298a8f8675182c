import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { LinkCache } from '../../src/path/cache.ts';
import { validPaths } from '../../src/path/find.ts';
import { AnchorSet } from '../../src/path/pool.ts';
import { profiles } from '../../src/path/profile.ts';
import { simpleChain, usualTime } from '../path/certificates.ts';
import {
  crossedAuthorities,
  deepChain,
  equalNames,
  type HostileGraph,
  manyNames,
  policyBomb,
  trustedRoot,
} from '../path/hostile.ts';
import { compare, type Figure, median, repeat } from './measure.ts';
import { startNativePeer } from './native-peer.ts';

/** Longest time that a search in a hostile graph may take, ms. */
const longestSearch = 50;
const searches = 15;

/** A path of two certificates, parsed anew each time, against OpenSSL; and what hostile graphs cost. */
export async function pathBenchmarks(skipped: (reason: string) => void): Promise<Figure[]> {
  return [...(await chainFigures(skipped)), ...hostileFigures()];
}

async function chainFigures(skipped: (reason: string) => void): Promise<Figure[]> {
  const { root, middle, signer } = simpleChain();
  const anchors = new AnchorSet([anchorOf(parseCertificate(root.der))]);
  const find = (cache?: LinkCache) => () => {
    const step = validPaths({
      target: parseCertificate(signer.der),
      pool: [parseCertificate(middle.der)],
      anchors,
      at: usualTime,
      profile: profiles['qualified-gost'],
      budget: new Budget(),
      cache,
    }).next();
    if (step.done) throw step.value;
  };
  const cold = repeat(find());
  const figures = [
    await compare('path of two, links cached', 'not cached', repeat(find(new LinkCache())), cold),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-bench-'));
  try {
    const file = (name: string, { der }: Certificate) => {
      writeFileSync(join(folder, name), der);
      return join(folder, name);
    };
    const files = [file('root', root), file('middle', middle), file('signer', signer)];
    const peer = startNativePeer('path', folder, [...files, String(usualTime / 1000)]);
    if (typeof peer === 'string') skipped(`path against OpenSSL: ${peer}`);
    else {
      figures.push(
        await compare('path of two, P-256, cold', 'OpenSSL X509_verify_cert', cold, peer.contender),
      );
      peer.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return figures;
}

function hostileFigures(): Figure[] {
  const { root, target } = manyNames(700);
  return [
    hostile('100 crossed authorities', crossedAuthorities(100)),
    hostile('10,000 equal names', equalNames(10_000)),
    hostile('400 equal names, each verified', equalNames(400)),
    hostile('64-deep chain', deepChain(64)),
    hostile('policy bomb', policyBomb(10)),
    hostile('700 names under 1,400 constraints', { target, pool: [] }, root),
  ];
}

/** Time of a search in certificates nobody has looked at before; parsing them is not part of it. */
function hostile(name: string, graph: HostileGraph, root: Certificate = trustedRoot): Figure {
  const times: number[] = [];
  for (let turn = 0; turn < searches; turn++) {
    const target = parseCertificate(graph.target.der);
    const pool = graph.pool.map(({ der }) => parseCertificate(der));
    const anchors = [anchorOf(root, { enforcesExtensions: true })];
    // What the parsing leaves behind is not swept up in the search's time.
    globalThis.gc?.();
    const start = performance.now();
    validPaths({
      target,
      pool,
      anchors,
      at: usualTime,
      profile: profiles.rfc5280,
      budget: new Budget(),
    }).next();
    times.push(performance.now() - start);
  }
  const time = median(times);
  return {
    name: `search: ${name}`,
    peer: `limit of ${longestSearch} ms`,
    ours: 1000 / time,
    theirs: 1000 / longestSearch,
    ratio: longestSearch / time,
    goal: 1,
  };
}
