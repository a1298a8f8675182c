import type { Language } from '../../failure/failure.ts';
import type { FieldName } from '../../oidc/fields.ts';
import type { AuthorityBasis } from '../../organisation/basis.ts';

/** The sections of the account, in their order. */
export const sectionNames = [
  'overview',
  'sessions',
  'sign-ins',
  'carriers',
  'consents',
  'powers',
  'notices',
] as const;

/** One section of the account. */
export type SectionName = (typeof sectionNames)[number];

/** What was just done, as the next page says it. */
export const doneNames = [
  'session-ended',
  'sessions-ended',
  'carrier-connected',
  'carrier-confirmed',
  'carrier-named',
  'carrier-disconnected',
  'consent-withdrawn',
  'power-added',
  'power-withdrawn',
  'contact-set',
  'signed-out',
] as const;

/** One thing that was done. */
export type DoneName = (typeof doneNames)[number];

/** Words of the account page, in one language. */
export interface AccountWords {
  readonly service: string;
  readonly switchLanguage: string;
  readonly title: string;
  readonly welcome: string;
  readonly welcomeMeans: string;
  readonly signIn: string;
  readonly byPower: string;
  readonly innOfPrincipal: string;
  readonly signOut: string;
  readonly navigation: string;
  readonly sections: Readonly<Record<SectionName, string>>;
  readonly about: Readonly<Record<SectionName, string>>;
  readonly done: Readonly<Record<DoneName, string>>;
  readonly inn: string;
  readonly ogrn: string;
  readonly person: string;
  readonly basis: string;
  readonly bases: Readonly<Record<AuthorityBasis, string>>;
  readonly onlyHead: string;
  readonly openUntil: string;
  readonly portals: string;
  readonly since: string;
  readonly lastUse: string;
  readonly never: string;
  readonly endsBy: string;
  readonly certificate: string;
  readonly power: string;
  readonly thisSession: string;
  readonly endSession: string;
  readonly endOthers: string;
  readonly endOthersMeans: string;
  readonly noOtherSessions: string;
  readonly passed: string;
  readonly refused: string;
  readonly place: string;
  readonly time: string;
  readonly cause: string;
  readonly code: string;
  readonly trace: string;
  readonly earlier: string;
  readonly noSignIns: string;
  readonly holder: string;
  readonly term: string;
  readonly termUntil: (day: string, distance: string) => string;
  readonly connected: string;
  readonly serialNumber: string;
  readonly authority: string;
  readonly confirmed: string;
  readonly unconfirmed: string;
  readonly unconfirmedMeans: string;
  readonly confirmCarrier: string;
  readonly nameLabel: string;
  readonly nameCarrier: string;
  readonly renameCarrier: string;
  readonly disconnect: string;
  readonly disconnectMeans: string;
  readonly connectCarrier: string;
  readonly connectMeans: string;
  readonly noCarriers: string;
  readonly handedOver: string;
  /** Fields of OpenID Connect, of whoever has agreed. */
  readonly fields: Readonly<Record<FieldName, string>>;
  readonly given: string;
  readonly byOther: string;
  readonly byYou: string;
  readonly withdrawConsent: string;
  readonly withdrawConsentMeans: string;
  readonly noConsents: string;
  readonly powerNumber: string;
  readonly representative: string;
  readonly powerStates: Readonly<Record<'in-force' | 'out-of-term' | 'withdrawn' | 'unreadable', string>>;
  readonly codes: string;
  readonly withdrawPower: string;
  readonly withdrawPowerMeans: string;
  readonly noPowers: string;
  readonly addPower: string;
  readonly addPowerMeans: string;
  readonly powerDocument: string;
  readonly powerSignature: string;
  readonly addPowerButton: string;
  readonly further: string;
  readonly email: string;
  readonly mailLanguage: string;
  readonly languages: Readonly<Record<Language, string>>;
  readonly saveContact: string;
  readonly noContact: string;
}
