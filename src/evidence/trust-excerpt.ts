import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Certificate } from '../certificate/certificate.ts';
import { anchorOf } from '../certificate/trust-anchor.ts';
import { defined } from '../optional.ts';
import { AnchorSet, CertificateSet } from '../path/pool.ts';
import { AccreditationIndex, type AccreditationSource } from '../trust-list/accreditation.ts';
import type { ListedAuthority } from '../trust-list/list.ts';
import { type LocalAuthority, purposes } from '../trust-list/local.ts';
import type { TrustView } from '../trust-list/view.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.number();

/** The part of what is trusted that could matter for one certificate; certificates stand in it by their SHA-256. */
export const trustExcerptSchema = z.strictObject({
  list: z.strictObject({ version: z.number(), date: moment }).nullable(),
  anchors: z.array(sha256).max(1000),
  intermediates: z.array(sha256).max(1000),
  listed: z
    .array(
      z.strictObject({
        name: z.string(),
        inn: z.string().optional(),
        ogrn: z.string(),
        registryNumber: z.string().optional(),
        successor: z.string().optional(),
        statuses: z.array(
          z.strictObject({
            status: z.enum(['accredited', 'ended', 'annulled', 'suspended', 'unknown']),
            word: z.string(),
            since: moment,
          }),
        ),
        keys: z.array(
          z.strictObject({
            toolClass: z.string().optional(),
            crlAddresses: z.array(z.string()),
            certificates: z.array(sha256),
          }),
        ),
      }),
    )
    .max(1000),
  local: z
    .array(
      z.strictObject({
        certificate: sha256,
        purposes: z.array(z.enum(purposes)),
        validFrom: moment,
        validUntil: moment,
      }),
    )
    .max(1000),
});

export type TrustExcerpt = z.infer<typeof trustExcerptSchema>;

/** An excerpt as it is kept: its JSON, and the certificates that it names. */
export interface KeptTrust {
  readonly json: string;
  /** Of the JSON, lower-case hexadecimal. */
  readonly sha256: string;
  readonly certificates: ReadonlyMap<string, Certificate>;
}

/** Trust that holds nothing, for logins that ended before it was asked. */
export const noTrust: TrustExcerpt = { list: null, anchors: [], intermediates: [], listed: [], local: [] };

/** More certificates than this are not followed; real authorities lead to two or three. */
const mostCertificates = 500;
/** Excerpts kept ready for one state of trust. */
const mostKept = 1000;

const kept = new WeakMap<TrustView, Map<string, KeptTrust>>();

/**
 * The part of `view` that a path from `target` could touch: every certificate and anchor by whose name an issuer
 * could be found, from `target` and the message's own certificates upwards, and who stands behind their keys. Those
 * who sign in by the same authority share one excerpt, so it is made once and kept ready.
 */
export function excerptOf(view: TrustView, target: Certificate, pool: readonly Certificate[]): KeptTrust {
  let known = kept.get(view);
  if (known === undefined) {
    known = new Map();
    kept.set(view, known);
  }
  const key = [target.issuer.key, ...pool.map((certificate) => certificate.sha256)].join(' ');
  let found = known.get(key);
  if (found === undefined) {
    found = makeExcerpt(view, target, pool);
    if (known.size >= mostKept) known.clear();
    known.set(key, found);
  }
  return found;
}

function makeExcerpt(view: TrustView, target: Certificate, pool: readonly Certificate[]): KeptTrust {
  const certificates = new Map<string, Certificate>();
  const anchors = new Set<string>();
  const intermediates = new Set<string>();
  const followed = new Set<string>();
  const open = [target, ...pool];
  for (let child = open.pop(); child !== undefined; child = open.pop()) {
    const { issuer } = child;
    if (followed.has(issuer.key) || certificates.size > mostCertificates) continue;
    followed.add(issuer.key);
    for (const anchor of [...view.anchors.same(issuer), ...view.anchors.alike(issuer)]) {
      if (anchor.certificate === undefined) continue;
      anchors.add(anchor.certificate.sha256);
      certificates.set(anchor.certificate.sha256, anchor.certificate);
    }
    for (const candidate of [...view.intermediates.same(issuer), ...view.intermediates.alike(issuer)]) {
      intermediates.add(candidate.sha256);
      certificates.set(candidate.sha256, candidate);
      open.push(candidate);
    }
  }
  const sources = new Map<object, AccreditationSource>();
  for (const { publicKey } of [...pool, ...certificates.values()])
    for (const source of view.accreditation.sourcesOf(publicKey)) sources.set(source.authority, source);
  const own = { certificates, keys: new Set([...pool, ...certificates.values()].map(keyOf)) };
  const excerpt: TrustExcerpt = {
    list: view.list === undefined ? null : { version: view.list.version, date: view.list.date },
    anchors: [...anchors].sort(),
    intermediates: [...intermediates].sort(),
    listed: [...sources.values()].flatMap((source) =>
      source.kind === 'list' ? [keepListed(source.authority, own)] : [],
    ),
    local: [...sources.values()].flatMap((source) =>
      source.kind === 'operator' ? [keepLocal(source.authority, own)] : [],
    ),
  };
  const json = JSON.stringify(excerpt, null, 1);
  return { json, sha256: hash('sha256', json), certificates };
}

function keyOf({ publicKey }: Certificate): string {
  return Buffer.from(publicKey.der).toString('latin1');
}

interface Touched {
  readonly certificates: Map<string, Certificate>;
  readonly keys: ReadonlySet<string>;
}

function note({ certificates }: Touched, certificate: Certificate): string {
  certificates.set(certificate.sha256, certificate);
  return certificate.sha256;
}

function keepListed(authority: ListedAuthority, touched: Touched): TrustExcerpt['listed'][number] {
  const { name, inn, ogrn, registryNumber, successor, statuses, keys } = authority;
  return {
    name,
    ...defined({ inn }),
    ogrn,
    ...defined({ registryNumber, successor }),
    statuses: [...statuses],
    keys: keys
      .filter(({ certificates }) => certificates.some((each) => touched.keys.has(keyOf(each))))
      .map(({ toolClass, crlAddresses, certificates }) => ({
        ...defined({ toolClass }),
        crlAddresses: [...crlAddresses],
        certificates: certificates.map((each) => note(touched, each)),
      })),
  };
}

function keepLocal(local: LocalAuthority, touched: Touched): TrustExcerpt['local'][number] {
  const { certificate, purposes: allowed, validFrom, validUntil } = local;
  return { certificate: note(touched, certificate), purposes: [...allowed], validFrom, validUntil };
}

/** What an excerpt lets be trusted. `certificateOf` gives its certificates by SHA-256, and throws where one is missing. */
export function recallTrust(
  excerpt: TrustExcerpt,
  certificateOf: (sha256: string) => Certificate,
): TrustView {
  const listed = excerpt.listed.map(
    ({ name, inn, ogrn, registryNumber, successor, statuses, keys }): ListedAuthority => ({
      name,
      inn,
      ogrn,
      registryNumber,
      successor,
      statuses,
      keys: keys.map(({ toolClass, crlAddresses, certificates }) => ({
        toolClass,
        crlAddresses,
        certificates: certificates.map(certificateOf),
      })),
    }),
  );
  const local = excerpt.local.map(({ certificate, purposes: allowed, validFrom, validUntil }) => ({
    certificate: certificateOf(certificate),
    purposes: new Set(allowed),
    validFrom,
    validUntil,
  }));
  return {
    anchors: new AnchorSet(excerpt.anchors.map((each) => anchorOf(certificateOf(each)))),
    intermediates: new CertificateSet(excerpt.intermediates.map(certificateOf)),
    accreditation: new AccreditationIndex(listed, local),
    list: excerpt.list ?? undefined,
  };
}
