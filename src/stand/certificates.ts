import type { Authority } from '../authority/authority.ts';
import { sampleSubscriber } from '../authority/configuration.ts';
import type { CertificateOrder } from '../authority/order.ts';
import { unqualifiedProfile } from '../authority/profile.ts';
import { attributesOf } from '../authority/subscriber.ts';
import { addMonths } from '../certificate/writer/time.ts';
import { type KeyAlgorithm, planKeyPair } from '../token/key-pair.ts';
import { makeRequest, usageExtensions } from '../token/request.ts';
import type { Access } from '../token/session.ts';
import type { TokenModule } from '../token/token-module.ts';
import type { StandFacts } from './folder.ts';

/** One certificate of the kinds that people ask for, and what of it departs from a good one. */
interface Kind {
  readonly label: string;
  readonly order: (now: number) => CertificateOrder & Required<Pick<CertificateOrder, 'subscriber'>>;
  readonly isRevoked?: boolean;
}

const kinds: readonly Kind[] = [
  { label: 'head', order: () => ({ subscriber: sampleSubscriber('legal-entity') }) },
  { label: 'employee', order: () => ({ subscriber: sampleSubscriber('employee') }) },
  { label: 'entrepreneur', order: () => ({ subscriber: sampleSubscriber('entrepreneur') }) },
  { label: 'person', order: () => ({ subscriber: sampleSubscriber('natural-person') }) },
  {
    label: 'expired',
    order: (now) => ({
      subscriber: sampleSubscriber('legal-entity'),
      notBefore: addMonths(now, -15),
      notAfter: addMonths(now, -1),
    }),
  },
  { label: 'revoked', order: () => ({ subscriber: sampleSubscriber('legal-entity') }), isRevoked: true },
  {
    label: 'unqualified',
    order: () => ({
      subscriber: sampleSubscriber('legal-entity'),
      profile: unqualifiedProfile,
    }),
  },
];

/** Puts a key with a certificate of each kind on the token, and gives their labels with the names in them. */
export async function fillToken(
  module: TokenModule,
  access: Access,
  authority: Authority,
  algorithm: KeyAlgorithm,
): Promise<StandFacts['certificates']> {
  const made: StandFacts['certificates'] = [];
  for (const { label, order, isRevoked } of kinds) {
    const wanted = order(Date.now());
    await module.generate(access, planKeyPair(algorithm, label));
    const signer = await module.signer({ ...access, key: { name: label, withoutCertificate: true } });
    try {
      const subject = attributesOf(wanted.subscriber);
      const extensions = usageExtensions(['digitalSignature', 'nonRepudiation']);
      const request = await makeRequest({ subject, extensions }, signer);
      const { certificate } = await authority.issue({ ...wanted, request });
      await module.importCertificate(access, certificate, label);
      if (isRevoked === true) authority.revoke(certificate, 'keyCompromise');
      made.push({ label, name: subject.find(({ type }) => type === 'CN')?.value ?? '' });
    } finally {
      await signer.close();
    }
  }
  return made;
}
