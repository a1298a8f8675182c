import { describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { findPath } from '../../src/path/find.ts';
import type { PathInput } from '../../src/path/input.ts';
import { AnchorSet, CertificateSet } from '../../src/path/pool.ts';
import { profiles } from '../../src/path/profile.ts';
import { type Caught, failureOf } from '../failure-code.ts';
import {
  authority,
  authorityConstraints,
  authorityKeyId,
  commonName,
  extension,
  issue,
  newKeys,
  type Order,
  privateKeyUntil,
  purposes,
  simpleChain,
  subjectKeyId,
  usage,
  usualTime,
} from './certificates.ts';

const { root, middle, signer, keys } = simpleChain();
const anchors = [anchorOf(root)];

function input(changes: Partial<PathInput> = {}): PathInput {
  return {
    target: signer,
    pool: [middle],
    anchors,
    at: usualTime,
    profile: profiles['qualified-gost'],
    budget: new Budget(),
    ...changes,
  };
}

function refusalOf(changes: Partial<PathInput>): Caught {
  return failureOf(() => findPath(input(changes)));
}

function signedBy(changes: Partial<Order>) {
  return issue({
    subject: commonName('Signer'),
    issuer: commonName('Authority'),
    keys: keys.signer,
    signer: keys.middle,
    extensions: [usage(0xc0)],
    ...changes,
  });
}

function middleWith(changes: Partial<Order>) {
  return issue({
    subject: commonName('Authority'),
    issuer: commonName('Root'),
    keys: keys.middle,
    signer: keys.root,
    extensions: authority(0),
    ...changes,
  });
}

describe('a path', () => {
  it('leads from the target over an intermediate to the anchor', () => {
    const path = findPath(input());
    expect(path.certificates).toEqual([signer, middle]);
    expect(path.anchor).toBe(anchors[0]);
    expect(path.issuers.map(({ certificate }) => certificate)).toEqual([middle, root]);
    expect(path.at).toBe(usualTime);
  });

  it('is found in a set that is indexed, and whatever else lies there', () => {
    const others = Array.from({ length: 20 }, (_, at) =>
      issue({
        subject: commonName(`Other ${at}`),
        issuer: commonName('Root'),
        keys: keys.signer,
        signer: keys.root,
        extensions: authority(),
      }),
    );
    const found = findPath(
      input({
        pool: others,
        intermediates: new CertificateSet([...others, middle]),
        anchors: new AnchorSet(anchors),
      }),
    );
    expect(found.certificates).toEqual([signer, middle]);
  });

  it('needs no certificate for its anchor, name and key will do', () => {
    const anchor = { name: root.subject, publicKey: root.publicKey };
    expect(findPath(input({ anchors: [anchor] })).certificates).toHaveLength(2);
  });

  it('holds at both ends of every term', () => {
    expect(findPath(input({ at: signer.notBefore })).at).toBe(signer.notBefore);
    expect(findPath(input({ at: signer.notAfter })).at).toBe(signer.notAfter);
  });

  it('holds to the end of the last second of a term, and no longer', () => {
    expect(findPath(input({ at: signer.notAfter + 999 })).certificates).toHaveLength(2);
    expect(refusalOf({ at: signer.notAfter + 1000 }).code).toBe('certificate_expired');
    expect(refusalOf({ at: signer.notBefore - 1 }).code).toBe('certificate_not_yet_valid');
  });

  it('costs one signature a link', () => {
    const budget = new Budget();
    findPath(input({ budget }));
    expect(budget.spent.signatures).toBe(2);
  });

  it('is refused where its target is the anchor itself, which nobody issued', () => {
    const { code, details } = refusalOf({ target: root, profile: profiles.rfc5280 });
    expect([code, details.rule]).toEqual(['chain_invalid', 'target-is-anchor']);
  });
});

describe('a certificate', () => {
  it('after its term is expired, with both times', () => {
    const at = signer.notAfter + 1000;
    const { code, details } = refusalOf({ at });
    expect(code).toBe('certificate_expired');
    expect(details).toMatchObject({ notAfter: new Date(signer.notAfter), at: new Date(at) });
  });

  it('shortly before its term is not yet valid, and the difference is told', () => {
    const { code, details } = refusalOf({ at: signer.notBefore - 60_000 });
    expect(code).toBe('certificate_not_yet_valid');
    expect(details).toMatchObject({ notBefore: new Date(signer.notBefore), difference: 60 });
  });

  it('long before its term is not yet valid, and no clock is blamed', () => {
    const { code, details } = refusalOf({ at: signer.notBefore - 7 * 86_400_000 });
    expect(code).toBe('certificate_not_yet_valid');
    expect(details.difference).toBeUndefined();
  });

  it('on the way that has expired is named', () => {
    const expired = middleWith({ notAfter: new Date('2026-02-01T00:00:00Z') });
    const { code, details } = refusalOf({ pool: [expired] });
    expect(code).toBe('certificate_expired');
    expect(details.certificate).toBe('Authority');
  });

  it('with an expired twin on the way is fine while the other one holds', () => {
    const expired = middleWith({ notAfter: new Date('2026-02-01T00:00:00Z') });
    expect(findPath(input({ pool: [expired, middle] })).certificates[1]).toBe(middle);
  });

  it('whose issuer is nowhere leaves the path incomplete and names the issuer', () => {
    const { code, details } = refusalOf({ pool: [] });
    expect(code).toBe('chain_incomplete');
    expect(details).toMatchObject({ certificate: 'Signer', issuer: 'Authority' });
  });

  it('under a root that nobody trusts is told so, with the root', () => {
    const { code, details } = refusalOf({ pool: [middle, root], anchors: [] });
    expect(code).toBe('root_untrusted');
    expect(details).toMatchObject({ root: 'Root', rootSerialNumber: expect.any(String) });
  });

  it('with a spoilt signature breaks the rule of signatures', () => {
    const spoil = (signature: Uint8Array) =>
      signature.with(signature.length - 1, (signature.at(-1) ?? 0) ^ 1);
    const { code, details } = refusalOf({ target: signedBy({ spoil }) });
    expect(code).toBe('chain_invalid');
    expect(details).toMatchObject({ certificate: 'Signer', rule: 'certificate-signature' });
  });

  it('signed by another key of the same name, as the identifiers tell, lacks its issuer', () => {
    const target = signedBy({
      signer: newKeys(),
      extensions: [usage(0xc0), authorityKeyId(Uint8Array.of(2))],
    });
    const pool = [middleWith({ extensions: [...authority(0), subjectKeyId(Uint8Array.of(1))] })];
    expect(refusalOf({ target, pool }).code).toBe('chain_incomplete');
  });

  it('under a root that only bears the name of a trusted one is under an untrusted root', () => {
    const forged = newKeys();
    const order = { subject: commonName('Root'), issuer: commonName('Root'), keys: forged, signer: forged };
    const pool = [issue({ ...order, extensions: authority() }), middleWith({ signer: forged })];
    expect(refusalOf({ pool }).code).toBe('root_untrusted');
  });

  it('below an authority without basic constraints is refused', () => {
    const { code, details } = refusalOf({ pool: [middleWith({ extensions: [usage(0x06)] })] });
    expect([code, details.rule]).toEqual(['chain_invalid', 'not-an-authority']);
  });

  it('below an authority whose key may not sign certificates is refused', () => {
    const [constraints] = authority(0);
    const { code, details } = refusalOf({ pool: [middleWith({ extensions: [constraints!, usage(0x02)] })] });
    expect([code, details.rule]).toEqual(['chain_invalid', 'key-usage-certificates']);
  });

  it('with an unknown critical extension is refused, with the extension', () => {
    const unknown = extension('1.3.6.1.4.1.55738.666.1', Uint8Array.of(5, 0), true);
    const { code, details } = refusalOf({ target: signedBy({ extensions: [usage(0xc0), unknown] }) });
    expect(code).toBe('chain_invalid');
    expect(details).toMatchObject({ rule: 'critical-extension', found: '1.3.6.1.4.1.55738.666.1' });
  });

  it('with an unknown extension that is not critical is fine', () => {
    const unknown = extension('1.3.6.1.4.1.55738.666.1', Uint8Array.of(5, 0));
    const target = signedBy({ extensions: [usage(0xc0), unknown] });
    expect(findPath(input({ target })).certificates[0]).toBe(target);
  });

  it('with a critical subjectSignTool is fine, because it is known by name', () => {
    const tool = extension('1.2.643.100.111', Uint8Array.of(0x0c, 1, 0x41), true);
    const target = signedBy({ extensions: [usage(0xc0), tool] });
    expect(findPath(input({ target })).certificates[0]).toBe(target);
  });

  it('below too many others breaks the path length', () => {
    const deeper = issue({
      subject: commonName('Deeper'),
      issuer: commonName('Authority'),
      keys: keys.signer,
      signer: keys.middle,
      extensions: authority(),
    });
    const target = signedBy({ issuer: commonName('Deeper'), signer: keys.signer, keys: newKeys() });
    const { code, details } = refusalOf({ target, pool: [middle, deeper] });
    expect([code, details.rule, details.certificate]).toEqual(['chain_invalid', 'path-length', 'Deeper']);
  });

  it('of one issuer and serial number with another on the path is refused', () => {
    const rollover = issue({
      subject: commonName('Root'),
      issuer: commonName('Root'),
      keys: keys.middle,
      signer: keys.root,
      serial: 77,
      extensions: authority(),
    });
    const target = signedBy({ issuer: commonName('Root'), serial: 77 });
    const { code, details } = refusalOf({ target, pool: [rollover] });
    expect([code, details.rule]).toEqual(['chain_invalid', 'serial-not-unique']);
  });

  it('with an extension that breaks DER is malformed', () => {
    const target = signedBy({ extensions: [extension('2.5.29.15', Uint8Array.of(3, 2, 7, 0x81), true)] });
    expect(refusalOf({ target }).code).toBe('certificate_malformed');
  });
});

describe('use', () => {
  it('without digital signature and non-repudiation is not for signing in', () => {
    const { code, details } = refusalOf({ target: signedBy({ extensions: [usage(0x20)] }) });
    expect(code).toBe('certificate_usage_forbidden');
    expect(details).toMatchObject({
      allowed: ['keyEncipherment'],
      needed: ['digitalSignature', 'nonRepudiation'],
    });
  });

  it('with one of them is enough', () => {
    expect(findPath(input({ target: signedBy({ extensions: [usage(0x40)] }) })).certificates).toHaveLength(2);
  });

  it('for servers only is not for signing in', () => {
    const target = signedBy({ extensions: [usage(0xc0), purposes('1.3.6.1.5.5.7.3.1')] });
    const { code, details } = refusalOf({ target });
    expect(code).toBe('certificate_usage_forbidden');
    expect(details).toMatchObject({ allowed: ['serverAuth'], needed: ['clientAuth', 'emailProtection'] });
  });

  it('for clients is told in the path', () => {
    const target = signedBy({ extensions: [usage(0xc0), purposes('1.3.6.1.5.5.7.3.2')] });
    expect(findPath(input({ target })).purposes).toEqual(['1.3.6.1.5.5.7.3.2']);
  });

  it('has to be allowed by the authority too', () => {
    const pool = [middleWith({ extensions: [...authority(0), purposes('1.3.6.1.5.5.7.3.4')] })];
    const target = signedBy({ extensions: [usage(0xc0), purposes('1.3.6.1.5.5.7.3.2')] });
    expect(refusalOf({ target, pool }).code).toBe('certificate_usage_forbidden');
    const mail = signedBy({ extensions: [usage(0xc0), purposes('1.3.6.1.5.5.7.3.4')] });
    expect(findPath(input({ target: mail, pool })).purposes).toEqual(['1.3.6.1.5.5.7.3.4']);
  });

  it('as an authority is not for signing in', () => {
    const { code, details } = refusalOf({
      target: middleWith({ extensions: [authorityConstraints(), usage(0xc6)] }),
      pool: [],
    });
    expect([code, details.rule]).toEqual(['chain_invalid', 'target-is-authority']);
  });
});

describe('the term of a private key', () => {
  it('that is over at the time of the check refuses the signer', () => {
    const target = signedBy({ extensions: [usage(0xc0), privateKeyUntil(new Date('2026-03-01T00:00:00Z'))] });
    const { code, details } = refusalOf({ target });
    expect(code).toBe('private_key_period_over');
    expect(details.notAfter).toEqual(new Date('2026-03-01T00:00:00Z'));
  });

  it('of an authority counts when it issued, not now', () => {
    const until = privateKeyUntil(new Date('2026-03-01T00:00:00Z'));
    const pool = [middleWith({ extensions: [...authority(0), until] })];
    const early = signedBy({ notBefore: new Date('2026-02-01T00:00:00Z') });
    expect(findPath(input({ target: early, pool })).certificates).toHaveLength(2);
    const late = signedBy({ notBefore: new Date('2026-04-01T00:00:00Z') });
    const { code, details } = refusalOf({ target: late, pool });
    expect([code, details.certificate]).toEqual(['private_key_period_over', 'Authority']);
  });

  it('of an authority that ends before its certificate begins says nothing and is reported', () => {
    const until = privateKeyUntil(new Date('2025-03-01T00:00:00Z'));
    const pool = [middleWith({ extensions: [...authority(0), until] })];
    expect(findPath(input({ pool })).warnings.map(({ rule }) => rule)).toEqual(['private-key-period-void']);
  });

  it('does not count in the generic profile', () => {
    const target = signedBy({ extensions: [usage(0xc0), privateKeyUntil(new Date('2026-03-01T00:00:00Z'))] });
    expect(findPath(input({ target, profile: profiles.rfc5280 })).certificates).toHaveLength(2);
  });
});

describe('algorithms', () => {
  it('that the policy does not name are refused, with what is accepted', () => {
    const algorithms = { ...currentAlgorithms, digests: new Set(['sha384'] as const) };
    const { code, details } = refusalOf({ algorithms });
    expect(code).toBe('algorithm_forbidden');
    expect(details).toMatchObject({ algorithm: 'ECDSA with SHA-256' });
  });
});

describe('an anchor', () => {
  it('that has expired counts for logins and not in RFC 5280', () => {
    const expired = issue({
      subject: commonName('Root'),
      issuer: commonName('Root'),
      keys: keys.root,
      signer: keys.root,
      notAfter: new Date('2026-02-01T00:00:00Z'),
      extensions: authority(),
    });
    expect(refusalOf({ anchors: [anchorOf(expired)] }).code).toBe('certificate_expired');
    const path = findPath(input({ anchors: [anchorOf(expired)], profile: profiles.rfc5280 }));
    expect(path.certificates).toHaveLength(2);
  });

  it('binds by its extensions only where it or the profile says so', () => {
    const short = issue({
      subject: commonName('Root'),
      issuer: commonName('Root'),
      keys: keys.root,
      signer: keys.root,
      extensions: authority(0),
    });
    const rule = refusalOf({ anchors: [anchorOf(short)] }).details.rule;
    expect(rule).toBe('path-length');
    const free = anchorOf(short, { enforcesExtensions: false });
    expect(findPath(input({ anchors: [free] })).certificates).toHaveLength(2);
    const bound = anchorOf(short, { enforcesExtensions: true });
    expect(refusalOf({ anchors: [bound], profile: profiles.rfc5280 }).details.rule).toBe('path-length');
  });
});
