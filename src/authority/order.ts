import type { Extension } from '../certificate/extension.ts';
import { type Attribute, encodeName } from '../certificate/writer/name.ts';
import type { KeyKind, KeyPair } from './key.ts';
import type { ProfileOverrides, Purpose, ToolClass } from './profile.ts';
import { attributesOf, type NameForm, type Subscriber } from './subscriber.ts';

/**
 * What a certificate is asked for. Everything but the subject has a default as a qualified certificate has it;
 * nothing is refused, so that tests can ask for false certificates.
 */
export interface CertificateOrder {
  /** Whom it is for; gives subject and purpose. */
  readonly subscriber?: Subscriber;
  readonly form?: NameForm;
  /** The subject as attributes or as a DER Name; without it and without a subscriber that of the request. */
  readonly subject?: readonly Attribute[] | Uint8Array;
  readonly purpose?: Purpose;
  /** PKCS #10, DER or PEM; its signature is verified. */
  readonly request?: Uint8Array | string;
  /** SubjectPublicKeyInfo, or a pair; without these and without a request a pair is generated. */
  readonly publicKey?: Uint8Array;
  readonly key?: KeyPair;
  readonly keyKind?: KeyKind;
  readonly toolClass?: ToolClass;
  /** ms since the epoch; now, and the customary term after `notBefore`. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Magnitude, big-endian; random otherwise. */
  readonly serialNumber?: Uint8Array;
  readonly profile?: ProfileOverrides;
  /** Added to the profile's, or put in the place of those with the same identifier. */
  readonly extensions?: readonly Extension[];
  /** Another key than the issuer's to sign with. */
  readonly signer?: KeyPair;
  /** Another issuer's DER Name. */
  readonly issuerName?: Uint8Array;
  /** `false` keeps the certificate out of the register: OCSP does not know it then. */
  readonly isRecorded?: boolean;
}

/** DER Name that an order asks for; `requested` is that of its request. */
export function subjectOf(order: CertificateOrder, requested: Uint8Array | undefined): Uint8Array {
  if (order.subject instanceof Uint8Array) return order.subject;
  if (order.subject !== undefined) return encodeName(order.subject);
  if (order.subscriber !== undefined) return encodeName(attributesOf(order.subscriber, order.form));
  if (requested === undefined) throw new Error('an order needs a subject, a subscriber or a request');
  return requested;
}
