import { hash } from 'node:crypto';
import { type Challenge, keepChallenge } from '../challenge/challenge.ts';
import type { Registration } from '../relying-party/registration.ts';
import type { LoginVerdict } from '../report/login-verdict.ts';
import { reducedMessage } from '../signature/reduced-message.ts';
import { type CutMessage, cutMessage, uncut } from './message.ts';
import type { KeptObject } from './objects.ts';
import { answersOfSources } from './recalled-fetches.ts';
import type { EvidenceRecord } from './record.ts';
import type { Trail } from './trail.ts';
import type { KeptTrust } from './trust-excerpt.ts';
import type { VerificationResult } from './verification-result.ts';

/** One login, passed or refused, of which evidence is to be kept. */
export interface KeptLogin {
  readonly at: number;
  readonly traceId: string;
  readonly client: Registration;
  /** The organisation, `ogrn:…`, as far as it was recognised. */
  readonly subject: string | undefined;
  readonly challenge: Challenge;
  readonly message: Uint8Array;
  readonly trail: Trail;
  /** A power of attorney that came along. */
  readonly power?: { readonly document: Uint8Array; readonly signature: Uint8Array } | undefined;
  readonly verdict: LoginVerdict;
  /** What the verification gave, where it passed. */
  readonly verified?: VerificationResult | undefined;
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
  const { message, trail } = login;
  const isStranger = refusal === 'before-path';
  return draft(login, {
    message: isStranger ? uncut(message) : cutMessage(message),
    kept: 'whole',
    keptMessage: hash('sha256', message),
    power: isStranger ? undefined : login.power,
    trust: trail.trust,
  });
}

/** What the verdict rests on. */
export function reducedDraft(login: KeptLogin): Draft {
  const { message, trail, power } = login;
  const reduced = reducedMessage(message, trail.needed);
  return draft(login, {
    message: cutMessage(reduced),
    kept: 'reduced',
    keptMessage: hash('sha256', reduced),
    power,
    trust: trail.trustOfPath,
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
  const { trail } = login;
  const client = clientObject(login.client);
  const powerFiles = power && powerObjects(power);
  const brought = [...Object.values(powerFiles ?? {}), ...ownObjects(trail, trust)];
  const record = recordOf(login, { client, power: powerFiles, trust, keptMessage });
  return {
    record: JSON.stringify(record),
    ...{ kept, message, brought },
    objects: [client, ...brought, ...message.parts, ...sharedObjects(trail, trust)],
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
export function refusalOf({ verdict, verified, trail }: KeptLogin): RefusalKind | undefined {
  if (verdict.code === undefined) return undefined;
  return verified !== undefined || trail.hasPath ? 'after-path' : 'before-path';
}

function powerObjects({ document, signature }: NonNullable<KeptLogin['power']>) {
  return { document: objectOf(document), signature: objectOf(signature) };
}

/**
 * What a login can bring of its own: OCSP answers about its certificate, and excerpts of what is trusted, of which
 * strangers can have many made, because they turn on the names in the message; and documents of powers that lie ready.
 */
function ownObjects({ pieces, answers }: Trail, trust: readonly KeptTrust[]): readonly KeptObject[] {
  return [
    ...trust.map(({ sha256, json }) => ({ sha256, octets: Buffer.from(json) })),
    ...pieces.filter(({ kind }) => kind === 'ocsp').map(({ sha256, der }) => ({ sha256, octets: der })),
    ...answers.objects,
  ];
}

/** Trusted certificates and lists: what there is of them does not turn on the login. */
function sharedObjects({ pieces }: Trail, trust: readonly KeptTrust[]): readonly KeptObject[] {
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
  const { at, traceId, challenge, message, trail, verdict, verified } = login;
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
    revocation: trail.pieces.map(({ kind, url, key, sha256 }) => ({ kind, url, key, sha256 })),
    asked: trail.asked,
    told: [...trail.answers.list, ...answersOfSources(trail.signers.consulted.problems)],
    toldObjects: trail.answers.objects.map(({ sha256 }) => sha256),
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
