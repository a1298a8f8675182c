import type { RefusalWords } from '../../markup/refusal.ts';
import type { holderKinds, OrderField } from './holder.ts';

/** What the agent's windows say, in one language. */
export interface WindowWords {
  readonly title: Readonly<Record<'home' | 'bridge' | 'confirm', string>>;
  readonly agent: string;
  readonly scriptNeeded: string;
  readonly otherLanguage: string;
  readonly refusal: RefusalWords & { readonly copied: string };

  // The bridge.
  readonly bridgeTitle: string;
  readonly bridgeFor: (origin: string) => string;
  readonly bridgeWaiting: string;
  readonly bridgeConfirm: string;
  readonly bridgeDone: string;
  readonly bridgeAlone: string;
  readonly bridgeAloneAbout: string;
  readonly toHome: string;

  // The confirmation window.
  readonly asks: string;
  readonly loading: string;
  readonly permissionTitle: string;
  readonly permissionAbout: string;
  readonly permissionMay: readonly string[];
  readonly foreignLetters: string;
  readonly allow: string;
  readonly doNotAllow: string;
  readonly signInTitle: (portal: string) => string;
  readonly signInAbout: string;
  readonly carrierTitle: (portal: string) => string;
  readonly carrierAbout: string;
  readonly portalOnPage: (portal: string, origin: string) => string;
  readonly handOver: (code: string) => string;
  readonly textTitle: string;
  readonly documentTitle: string;
  readonly documentAbout: string;
  readonly documentName: string;
  readonly documentSize: string;
  readonly documentDigest: string;
  readonly octets: (count: string) => string;
  readonly signAndSignIn: string;
  readonly connectCarrier: string;
  readonly signDocument: string;
  readonly cancel: string;
  readonly until: (time: string) => string;
  readonly signing: string;
  readonly signingAbout: string;
  readonly pinPadAbout: string;
  readonly done: string;
  readonly doneAbout: string;
  readonly allowed: string;
  readonly allowedAbout: (origin: string) => string;

  // Certificates.
  readonly certificate: string;
  readonly chooseCertificate: string;
  readonly searching: string;
  readonly noCertificates: string;
  readonly noCertificatesAbout: string;
  readonly noCertificatesYet: string;
  readonly tokenAwaited: string;
  readonly organisation: string;
  readonly person: string;
  readonly inn: string;
  readonly ogrn: string;
  readonly authority: string;
  readonly term: string;
  readonly termUntil: (day: string, distance: string) => string;
  readonly place: string;
  readonly onToken: (label: string, serial: string | undefined, module: string | undefined) => string;
  readonly inFile: (name: string) => string;
  readonly unusable: string;
  readonly usable: string;
  readonly lastUsed: (day: string) => string;
  readonly driver: (module: string) => string;

  // PIN.
  readonly pin: (token: string) => string;
  readonly password: (file: string) => string;
  readonly pinKept: string;
  readonly pinState: Readonly<Record<'few-tries' | 'final-try' | 'locked' | 'unset', string>>;
  readonly useFinalTry: string;
  readonly nothingToEnter: string;

  // The agent's own page.
  readonly homeTitle: string;
  readonly homeAbout: (address: string, version: string) => string;
  readonly waitingRequest: (origin: string) => string;
  readonly openRequest: string;
  readonly certificatesTitle: string;
  readonly searchAgain: string;
  readonly tokensTitle: string;
  readonly tokensAbout: string;
  readonly care: CareWords;
  readonly originsTitle: string;
  readonly originsAbout: string;
  readonly noOrigins: string;
  readonly allowedSince: (day: string) => string;
  readonly remove: string;
  readonly removeOrigin: (origin: string) => string;
  readonly removed: (origin: string) => string;
  readonly signaturesTitle: string;
  readonly noSignatures: string;
  readonly signatureKind: Readonly<Record<'challenge' | 'document', string>>;
  readonly keptPins: (count: number) => string;
  readonly forgetPins: string;
  readonly doctorTitle: string;
  readonly doctorAbout: string;
  readonly examine: string;
  readonly examining: string;
  readonly examined: (bad: number, warnings: number) => string;
  readonly copyReport: string;
  readonly findingState: Readonly<Record<'good' | 'warning' | 'bad', string>>;
  readonly failed: string;
}

/** Words of token care. */
export interface CareWords {
  readonly look: string;
  readonly looking: string;
  readonly none: string;
  readonly blank: string;
  readonly serial: (serial: string) => string;
  readonly pin: Readonly<Record<'unneeded' | 'good', string>>;
  readonly mustChange: string;
  readonly certificate: (name: string, day: string) => string;
  readonly withoutCertificate: string;
  readonly forms: Readonly<
    Record<
      'change' | 'unblock' | 'set-up' | 'import' | 'renew' | 'order' | 'remove',
      { readonly title: string; readonly about: string; readonly button: string }
    >
  >;
  readonly atPad: string;
  readonly by: string;
  readonly officerPin: string;
  readonly puk: string;
  readonly officerPinOrPuk: string;
  readonly presentPin: string;
  readonly newPin: string;
  readonly newPinAgain: string;
  readonly newOfficerPin: string;
  readonly label: string;
  readonly file: string;
  readonly whichCertificate: string;
  readonly algorithm: string;
  readonly kindOfKey: (algorithm: string) => string;
  readonly keyName: string;
  readonly holder: string;
  readonly holders: Readonly<Record<(typeof holderKinds)[number], string>>;
  readonly order: Readonly<Record<OrderField, string>>;
  readonly breaches: string;
  readonly requestFirst: string;
  readonly whatToRemove: string;
  readonly removeKey: (label: string, certificates: number) => string;
  readonly removeCertificate: (name: string, fingerprint: string) => string;
  readonly removeSure: string;
  readonly notTheSame: string;
  readonly atWork: string;
  readonly done: (title: string) => string;
  readonly requested: (label: string) => string;
  readonly requestInTerm: string;
  readonly requestLate: string;
  readonly downloadRequest: string;
}
