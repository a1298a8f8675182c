import type { FailureCode } from '../failure/catalogue.ts';

/** What the driver says of itself (C_GetInfo). */
export interface ModuleInfo {
  readonly manufacturer: string;
  readonly description: string;
  /** Version of the driver, "major.minor". */
  readonly version: string;
  /** Version of PKCS#11 that it speaks, "major.minor". */
  readonly cryptoki: string;
}

/** A slot, and the token in it (C_GetSlotInfo, C_GetTokenInfo). */
export interface SlotInfo {
  /** CK_SLOT_ID in hexadecimal, as octets of this machine; opaque outside of the worker. */
  readonly slot: string;
  readonly description: string;
  readonly token?: TokenInfo;
  readonly trouble?: SlotTrouble;
}

/** Why a slot could not tell about its token: what the driver said, and what that means. */
export interface SlotTrouble {
  readonly code: FailureCode;
  readonly problem: string;
}

/** Token information; flags are CKF_ bits, numbers of PIN octets, mechanisms as CKM_ numbers. */
export interface TokenInfo {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly flags: number;
  readonly minimumPin: number;
  readonly maximumPin: number;
  readonly mechanisms: readonly number[];
  /** Nobody has set it up: neither CKF_TOKEN_INITIALIZED nor CKF_USER_PIN_INITIALIZED, and no object that shows. */
  readonly isBlank: boolean;
}

/** Values of an object's attributes by graphene's names; absent where the token does not have or show one. */
export interface ObjectAttributes {
  readonly class: number;
  readonly label?: string;
  readonly id?: Uint8Array;
  readonly keyType?: number;
  readonly certType?: number;
  readonly value?: Uint8Array;
  readonly modulus?: Uint8Array;
  readonly publicExponent?: Uint8Array;
  readonly paramsECDSA?: Uint8Array;
  readonly pointEC?: Uint8Array;
  readonly gostR3410Params?: Uint8Array;
  readonly gostR3411Params?: Uint8Array;
  /** DER SubjectPublicKeyInfo (CKA_PUBLIC_KEY_INFO), of a private key too. */
  readonly publicKeyInfo?: Uint8Array;
  readonly sign?: boolean;
  readonly alwaysAuth?: boolean;
}

/** An object of the token with the handle that it has in its session. */
export interface TokenObject {
  readonly handle: string;
  readonly attributes: ObjectAttributes;
}

/** Attributes for a new object, by graphene's names. */
export type ObjectTemplate = Readonly<Record<string, string | number | boolean | Uint8Array>>;

/** A PKCS#11 mechanism; `pss` is CK_RSA_PKCS_PSS_PARAMS. */
export interface MechanismCall {
  readonly type: number;
  readonly parameter?: Uint8Array;
  readonly pss?: { readonly hash: number; readonly mask: number; readonly salt: number };
}

/** Who logs in: CKU_USER, CKU_SO, or nobody (a session that sees what everybody sees). */
export type Role = 'user' | 'officer' | 'nobody';

/** A PIN on its way to the driver: UTF-8, or null where it is entered at the reader (a PIN pad). */
export type SentPin = Uint8Array | null;

/** The requests that a worker answers, with what it takes and gives. */
export interface Requests {
  load: { take: { readonly path: string }; give: null };
  info: { take: Record<never, never>; give: ModuleInfo };
  slots: { take: Record<never, never>; give: readonly SlotInfo[] };
  open: {
    take: {
      /** The session's number, never given twice, so that one of a process that ended is known to none. */
      readonly session: number;
      readonly slot: string;
      readonly serial: string;
      readonly role: Role;
      /** Absent where nobody logs in. */
      readonly pin?: SentPin;
      /** Go on though this may be the last try before the PIN is blocked. */
      readonly confirmFinalTry: boolean;
      /** Whether something is to be written; cards whose objects come from the issuer refuse sessions that could. */
      readonly isForWriting: boolean;
    };
    give: null;
  };
  objects: { take: { readonly session: number }; give: readonly TokenObject[] };
  /** CKF_ flags of the session's token as they are now. */
  flags: { take: { readonly session: number }; give: number };
  sign: {
    take: {
      readonly session: number;
      readonly key: string;
      readonly mechanism: MechanismCall;
      readonly data: Uint8Array;
      /** For a key that wants the PIN at each signature (CKA_ALWAYS_AUTHENTICATE). */
      readonly pin?: SentPin;
      readonly confirmFinalTry?: boolean;
    };
    /** The signature; or what the token wants before it makes one: the PIN for this signature, or a login. */
    give: Uint8Array | 'pin' | 'login';
  };
  generate: {
    take: {
      readonly session: number;
      readonly mechanism: MechanismCall;
      /** `id` (CKA_ID) is the same in both, and of nobody else's object. */
      readonly publicKey: ObjectTemplate;
      readonly privateKey: ObjectTemplate;
      /** What the private half's template has beside that where the token asks for it. */
      readonly privateParameters?: ObjectTemplate;
    };
    give: { readonly publicKey: TokenObject; readonly privateKey: TokenObject };
  };
  /** C_DestroyObject, one after the other. */
  destroy: { take: { readonly session: number; readonly objects: readonly string[] }; give: null };
  create: { take: { readonly session: number; readonly template: ObjectTemplate }; give: TokenObject };
  initialise: {
    take: { readonly slot: string; readonly officerPin: SentPin; readonly label: string };
    give: null;
  };
  /** C_InitPIN in an officer's session: sets the user's PIN, and unblocks it. */
  setUserPin: { take: { readonly session: number; readonly pin: SentPin }; give: null };
  /** C_SetPIN. With the PUK in place of the old PIN it unblocks, for drivers that have it so. */
  changePin: {
    take: {
      readonly session: number;
      readonly oldPin: SentPin;
      readonly newPin: SentPin;
      readonly isPuk: boolean;
      readonly confirmFinalTry: boolean;
    };
    give: null;
  };
  close: { take: { readonly session: number }; give: null };
}

export type RequestName = keyof Requests;

/** A request on its way to the worker. */
export interface Call<N extends RequestName = RequestName> {
  readonly id: number;
  readonly name: N;
  readonly take: Requests[N]['take'];
}

/** What a worker knows of a failure. `isSuspect` says that the driver's state is in doubt. */
export interface WorkerFailure {
  readonly code: FailureCode;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  readonly isSuspect: boolean;
}

/**
 * The worker's answer. `ended` are the sessions that a failure has brought to an end; `defect` is an error of our own
 * code, without a failure code.
 */
export type Answer =
  | { readonly id: number; readonly give: unknown }
  | { readonly id: number; readonly failure: WorkerFailure; readonly ended: readonly number[] }
  | { readonly id: number; readonly defect: string };
