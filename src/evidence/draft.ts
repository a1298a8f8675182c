import { hash } from 'node:crypto';
import { type Challenge, keepChallenge } from '../challenge/challenge.ts';
import type { Registration } from '../relying-party/registration.ts';
import type { LoginVerdict } from '../report/login-verdict.ts';
import { reducedMessage } from '../signature/reduced-message.ts';
import type { Findings } from './findings.ts';
import { type CutMessage, cutMessage, uncut } from './message.ts';
import type { KeptObject } from './objects.ts';
import { toldOfSources } from './recalled-fetches.ts';
import type { EvidenceRecord } from './record.ts';
import type { KeptTrust } from './trust-excerpt.ts';

/** One login, passed or refused, of which evidence is to be kept. */
export interface KeptLogin {
  readonly at: number;
  readonly traceId: string;
  readonly client: Registration;
  /** The organisation, `ogrn:…`, as far as it was recognised. */
  readonly subject: string | undefined;
  readonly challenge: Challenge;
  readonly message: Uint8Array;
  readonly findings: Findings;
  /** A power of attorney that came along. */
  readonly power?: { readonly document: Uint8Array; readonly signature: Uint8Array } | undefined;
  readonly verdict: LoginVerdict;
  /** What the verification gave, where it passed. */
  readonly verified?: VerificationResult | undefined;
}

/** What a verification gives, as far as evidence keeps it. */
export interface VerificationResult {
  readonly organisation: object;
  readonly signer: object;
  readonly certificateThumbprint: string;
  readonly acr: string;
  readonly revocation?: object | undefined;
}

/**
 * What of a message is kept: all of it, or its digest and what the verdict rests on, which is everything that its
 * signature covers, with the certificates of its path and the revocation values that were relied upon.
 */
export type KeptMessage = 'whole' | 'reduced';

/**
 * How far a refused login came. Before a valid path was found anybody could have made the message and every
 * certificate in it; after that somebody whom an authority knows signed this very challenge.
 */
export type RefusalKind = 'before-path' | 'after-path';

/** What of a login is written. */
export interface Draft {
  readonly record: string;
  readonly kept: KeptMessage;
  readonly message: CutMessage;
  /** What logins can bring of their own, beside the message. */
  readonly brought: readonly KeptObject[];
  /** Everything that has to be there for the record. */
  readonly objects: readonly KeptObject[];
}

/**
 * Everything. What comes along, and parts of the message, are objects only once the path is valid, so that before it
 * nothing rests on what strangers bring.
 */
export function wholeDraft(login: KeptLogin, refusal: RefusalKind | undefined): Draft {
  const { message, findings } = login;
  const isStranger = refusal === 'before-path';
  return draft(login, {
    message: isStranger ? uncut(message) : cutMessage(message),
    kept: 'whole',
    keptMessage: hash('sha256', message),
    power: isStranger ? undefined : login.power,
    trust: findings.trust,
  });
}

/** What the verdict rests on. */
export function reducedDraft(login: KeptLogin): Draft {
  const { message, findings, power } = login;
  const reduced = reducedMessage(message, findings.needed);
  return draft(login, {
    message: cutMessage(reduced),
    kept: 'reduced',
    keptMessage: hash('sha256', reduced),
    power,
    trust: findings.trustOfPath,
  });
}

interface DraftParts {
  readonly message: CutMessage;
  readonly kept: KeptMessage;
  readonly keptMessage: string;
  readonly power: KeptLogin['power'];
  readonly trust: readonly KeptTrust[];
}

function draft(login: KeptLogin, { message, kept, keptMessage, power, trust }: DraftParts): Draft {
  const { findings } = login;
  const client = clientObject(login.client);
  const powerFiles = power && powerObjects(power);
  const brought = [...Object.values(powerFiles ?? {}), ...ownObjects(findings, trust)];
  const record = recordOf(login, { client, power: powerFiles, trust, keptMessage });
  return {
    record: JSON.stringify(record),
    ...{ kept, message, brought },
    objects: [client, ...brought, ...message.parts, ...sharedObjects(findings, trust)],
  };
}

const clients = new WeakMap<Registration, KeptObject>();

/** What a relying party had registered, without anything secret. */
function clientObject(client: Registration): KeptObject {
  const known = clients.get(client);
  if (known !== undefined) return known;
  const { id, name, origins, language, audiences, policy } = client;
  const made = objectOf(JSON.stringify({ id, name, origins, language, audiences, policy }));
  clients.set(client, made);
  return made;
}

/** How far a refused login came; undefined for one that passed. */
export function refusalOf({ verdict, verified, findings }: KeptLogin): RefusalKind | undefined {
  if (verdict.code === undefined) return undefined;
  return verified !== undefined || findings.hasPath ? 'after-path' : 'before-path';
}

function powerObjects({ document, signature }: NonNullable<KeptLogin['power']>) {
  return { document: objectOf(document), signature: objectOf(signature) };
}

/**
 * What a login can bring of its own: OCSP answers about its certificate, and excerpts of what is trusted, of which
 * strangers can have many made, because they turn on the names in the message; and documents of powers that lie ready.
 */
function ownObjects({ pieces, told }: Findings, trust: readonly KeptTrust[]): readonly KeptObject[] {
  return [
    ...trust.map(({ sha256, json }) => ({ sha256, octets: Buffer.from(json) })),
    ...pieces.filter(({ kind }) => kind === 'ocsp').map(({ sha256, der }) => ({ sha256, octets: der })),
    ...told.objects,
  ];
}

/** Trusted certificates and lists: what there is of them does not turn on the login. */
function sharedObjects({ pieces }: Findings, trust: readonly KeptTrust[]): readonly KeptObject[] {
  const certificates = trust.flatMap((each) => [...each.certificates.values()]);
  return [
    ...certificates.map(({ sha256, der }) => ({ sha256, octets: der })),
    ...pieces.filter(({ kind }) => kind === 'crl').map(({ sha256, der }) => ({ sha256, octets: der })),
  ];
}

function objectOf(content: string | Uint8Array): KeptObject {
  return { sha256: hash('sha256', content), octets: Buffer.from(content) };
}

interface Named {
  readonly client: KeptObject;
  readonly power: ReturnType<typeof powerObjects> | undefined;
  readonly trust: readonly KeptTrust[];
  readonly keptMessage: string;
}

function recordOf(login: KeptLogin, { client, power, trust, keptMessage }: Named): EvidenceRecord {
  const { at, traceId, challenge, message, findings, verdict, verified } = login;
  return {
    version: 2,
    at,
    traceId,
    client: client.sha256,
    challenge: keepChallenge(challenge),
    message: hash('sha256', message),
    keptMessage,
    power:
      power === undefined ? null : { document: power.document.sha256, signature: power.signature.sha256 },
    trust: trust.map(({ sha256 }) => sha256),
    certificates: [...new Set(trust.flatMap((each) => [...each.certificates.keys()]))],
    revocation: findings.pieces.map(({ kind, url, key, sha256 }) => ({ kind, url, key, sha256 })),
    asked: findings.asked,
    told: [...findings.told.list, ...toldOfSources(findings.consulted.problems)],
    toldObjects: findings.told.objects.map(({ sha256 }) => sha256),
    isVerified: verified !== undefined,
    result:
      verified === undefined
        ? null
        : {
            organisation: { ...verified.organisation },
            signer: { ...verified.signer },
            certificate: verified.certificateThumbprint,
            acr: verified.acr,
            revocation: verified.revocation === undefined ? null : { ...verified.revocation },
          },
    verdict,
  };
}
