import type { Certificate } from '../../src/certificate/certificate.ts';
import {
  alternativeNames,
  authority,
  authorityKeyId,
  commonName,
  dns,
  issue,
  type Keys,
  mappings,
  nameConstraints,
  newKeys,
  policies,
  subjectKeyId,
} from './certificates.ts';

/** A target and what comes with it. */
export interface HostileGraph {
  readonly target: Certificate;
  readonly pool: readonly Certificate[];
}

const rootKeys = newKeys();
const rootName = commonName('Root');

/** The root that everybody trusts. */
export const trustedRoot: Certificate = issue({
  subject: rootName,
  issuer: rootName,
  keys: rootKeys,
  signer: rootKeys,
  extensions: authority(),
});

const someKeys: readonly Keys[] = Array.from({ length: 100 }, newKeys);

function keysAt(at: number): Keys {
  return someKeys[at % someKeys.length]!;
}

/** `count` authorities, each certified by every other; on demand one of them by the root as well. */
export function crossedAuthorities(
  count: number,
  { certifiedByRoot }: { readonly certifiedByRoot?: number } = {},
): HostileGraph {
  const names = Array.from({ length: count }, (_, at) => commonName(`Authority ${at}`));
  const pool: Certificate[] = [];
  for (const [at, subject] of names.entries()) {
    for (const [by, issuer] of names.entries()) {
      if (at === by) continue;
      pool.push(issue({ subject, issuer, keys: keysAt(at), signer: keysAt(by), extensions: authority() }));
    }
  }
  if (certifiedByRoot !== undefined) {
    const subject = names[certifiedByRoot]!;
    const keys = keysAt(certifiedByRoot);
    pool.push(issue({ subject, issuer: rootName, keys, signer: rootKeys, extensions: authority() }));
  }
  const target = issue({
    subject: commonName('Target'),
    issuer: names[0]!,
    keys: rootKeys,
    signer: keysAt(0),
  });
  return { target, pool };
}

/** `count` certificates of authorities of one name under the root; on demand one whose identifier and key are right. */
export function equalNames(count: number, { rightOne }: { readonly rightOne?: number } = {}): HostileGraph {
  const subject = commonName('Authority');
  const signer = newKeys();
  const identifier = (at: number) => Uint8Array.of(1, at >> 8, at & 0xff);
  const pool = Array.from({ length: count }, (_, at) =>
    issue({
      subject,
      issuer: rootName,
      keys: at === rightOne ? signer : keysAt(at),
      signer: rootKeys,
      extensions: [...authority(), subjectKeyId(identifier(at))],
    }),
  );
  const wanted = rightOne === undefined ? Uint8Array.of(9) : identifier(rightOne);
  const target = issue({
    subject: commonName('Target'),
    issuer: subject,
    keys: rootKeys,
    signer,
    extensions: [authorityKeyId(wanted)],
  });
  return { target, pool };
}

/** A chain with `depth` authorities between target and root. */
export function deepChain(depth: number, extensions = authority()): HostileGraph {
  const pool: Certificate[] = [];
  let [issuer, signer] = [rootName, rootKeys];
  for (let at = 0; at < depth; at++) {
    const subject = commonName(`Authority ${at}`);
    const keys = keysAt(at);
    pool.push(issue({ subject, issuer, keys, signer, extensions }));
    [issuer, signer] = [subject, keys];
  }
  return { target: issue({ subject: commonName('Target'), issuer, keys: rootKeys, signer }), pool };
}

/** A chain in which every authority has many policies and maps them to each other. */
export function policyBomb(depth: number): HostileGraph {
  const policy = (at: number) => `1.2.3.${at}`;
  const all = Array.from({ length: 2000 }, (_, at) => policy(at));
  const mapped = Array.from({ length: 1500 }, (_, at) => [policy(at % 40), policy((at * 7) % 40)] as const);
  return deepChain(depth, [...authority(), policies(...all), mappings(...mapped)]);
}

/** A root that permits and excludes `count` names, and a target with as many. */
export function manyNames(count: number): { readonly root: Certificate; readonly target: Certificate } {
  const names = (prefix: string) => Array.from({ length: count }, (_, at) => dns(`${prefix}${at}.test`));
  const root = issue({
    subject: rootName,
    issuer: rootName,
    keys: rootKeys,
    signer: rootKeys,
    extensions: [...authority(), nameConstraints(names('t'), names('x'))],
  });
  const target = issue({
    subject: commonName('Target'),
    issuer: rootName,
    keys: keysAt(0),
    signer: rootKeys,
    extensions: [alternativeNames(...names('t'))],
  });
  return { root, target };
}
