import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate, Issuer } from '../../src/authority/issuer.ts';
import type { RenewalSettings } from '../../src/revocation/store/renewal.ts';
import { findSession } from '../../src/session/session.ts';
import type { LoginBody, Portal, Reply, TestService } from '../service/portal.ts';
import { signInWith, startWhole } from '../service/whole.ts';

export const day = 86_400_000;
export const hour = day / 24;

/** Long enough for a machine that is busy with other tests. */
export const patiently = { timeout: 15_000, interval: 20 };

/** What the hostile authority answers at an address of its own, in place of what it would. */
export type Answering = (path: string) => Uint8Array | undefined;

/**
 * Two authorities, each under a root of its own that the operator trusts: an honest one, by which people sign in, and a
 * hostile one, which the operator trusts for something else.
 */
export class Rivals {
  readonly honest: Authority;
  readonly hostile: Authority;
  /** What the hostile authority publishes from now on. */
  answering: Answering = () => undefined;
  /** What the honest authority's host answers beside what it publishes. */
  honestAnswering: Answering = () => undefined;
  /** The honest authority publishes nothing. */
  isDown = false;
  /** By how much the clock of everybody has been moved, ms. */
  moved = 0;

  private constructor(honest: Authority, hostile: Authority) {
    this.honest = honest;
    this.hostile = hostile;
  }

  static async create(): Promise<Rivals> {
    const holder: { rivals?: Rivals } = {};
    const now = () => Date.now() + (holder.rivals?.moved ?? 0);
    const at = Date.now() - 400 * day;
    const honest = await createAuthority({
      serve: {
        before: (request, response, next) => {
          const answer = holder.rivals?.honestAnswering(request.path);
          if (holder.rivals?.isDown === true) response.status(503).end();
          else if (answer === undefined) next();
          else response.send(Buffer.from(answer));
        },
      },
      now,
      at,
    });
    const hostile = await createAuthority({
      serve: {
        before: (request, response, next) => {
          const answer = holder.rivals?.answering(request.path);
          if (answer === undefined) next();
          else response.send(Buffer.from(answer));
        },
      },
      now,
      at,
    });
    holder.rivals = new Rivals(honest, hostile);
    return holder.rivals;
  }

  now = (): number => Date.now() + this.moved;

  /** A service that trusts both roots, in a new folder or in that of a service before it. */
  start(
    renewal: Partial<RenewalSettings> = {},
    folder?: string,
    environment: Record<string, string> = {},
  ): Promise<TestService> {
    const trusted = { authority: this.honest, anchors: [this.hostile.root.certificate], environment };
    return startWhole({
      ...(folder === undefined ? trusted : { environment: { ...environment, SEALGATE_DATA: folder } }),
      now: this.now,
      renewal,
    });
  }

  /** A certificate of an organisation by that authority. */
  issue(issuer: Issuer): Promise<IssuedCertificate> {
    return issuer.issue({
      subscriber: sampleSubscriber('legal-entity'),
      notBefore: this.now() - 30 * day,
    });
  }

  signIn(portal: Portal, signer: IssuedCertificate): Promise<Reply<LoginBody & { code?: string }>> {
    return signInWith(portal, signer, this.now());
  }

  async close(): Promise<void> {
    await this.honest.close();
    await this.hostile.close();
  }
}

/** Has the service validate a certificate, which any relying party may ask for; what its verdict is. */
export async function validate(portal: Portal, signer: IssuedCertificate): Promise<string> {
  const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
  const { body } = await portal.post<{ indication: string }>('/v1/certificates/validate', {
    certificate: base64(signer.certificate),
    untrusted: signer.chain.map(base64),
  });
  return body.indication;
}

/** Why a session ended; undefined as long as it is open. */
export async function endOf(service: TestService, { sessionId }: LoginBody): Promise<string | undefined> {
  return (await findSession(service.service.database, sessionId))?.endReason;
}
