/** A person as a power of attorney names them; at least one of the numbers is there. */
export interface NamedPerson {
  /** 12 digits. */
  readonly inn: string | undefined;
  /** 11 digits. */
  readonly snils: string | undefined;
  /** Surname, given name and patronymic. */
  readonly name: string;
}

/** Who gives powers: an organisation by its heads, or an entrepreneur. */
export interface Principal {
  readonly kind: 'legal-entity' | 'entrepreneur';
  /** OGRN of 13 digits, or OGRNIP of 15. */
  readonly ogrn: string;
  readonly inn: string;
  readonly kpp: string | undefined;
  readonly name: string;
  /** Who may sign for it without a power of attorney, any one of them; the entrepreneur is their own head. */
  readonly heads: readonly NamedPerson[];
}

/** Who gave the power that another was handed on from, as that other one says; one of the numbers is there. */
export interface FirstPrincipal {
  /** OGRN of 13 digits, or OGRNIP of 15. */
  readonly ogrn: string | undefined;
  readonly inn: string | undefined;
}

/** Handed on by the representative of the power with the number `first`, which a principal gave itself. */
export interface HandedOn {
  readonly kind: 'representative';
  readonly first: string;
  /** Undefined where the document does not say whose power that was. */
  readonly firstPrincipal: FirstPrincipal | undefined;
  readonly representative: NamedPerson;
}

/**
 * What a machine-readable power of attorney of the unified format 003 says, read and not verified. Times are ms since
 * the epoch; the term ends before `notAfter`, which is the midnight in Moscow after its last day.
 */
export interface PowerOfAttorney {
  /** НомДовер: a GUID in lower case. Anybody may write any: only together with whoever gave it does it name the power. */
  readonly number: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** How often the powers may be handed on. */
  readonly delegation: 'forbidden' | 'once' | 'further';
  readonly giver: { readonly kind: 'principal'; readonly principal: Principal } | HandedOn;
  readonly representative: NamedPerson;
  /** Codes of the classifier. */
  readonly powers: ReadonlySet<string>;
  /** Codes that were given with restrictions, which this service cannot judge; they are not among `powers`. */
  readonly restricted: ReadonlySet<string>;
}
