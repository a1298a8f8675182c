/** Valid inputs of one kind and what they are judged by: octets only, so that they can be kept in a folder. */
export interface Material {
  readonly inputs: ReadonlyMap<string, Uint8Array>;
  /** Certificates, contents, keys and times that judging needs. */
  readonly context: ReadonlyMap<string, Uint8Array>;
}

/** How inputs of a kind are written, which decides what mutations make sense. */
export type Form = 'der' | 'xml' | 'json' | 'token';

/** What a verification said of one input. */
export type Verdict =
  | { readonly outcome: 'refused'; readonly reason: string }
  /** `meaning` is what was understood, in a form that can be compared; see the kind for what belongs to it. */
  | { readonly outcome: 'accepted'; readonly meaning: string };

/** Judges one input by the real verification. Whatever it throws is a crash. */
export type Judge = (octets: Uint8Array) => Verdict | Promise<Verdict>;

/**
 * One kind of object that strangers send: how valid ones are made, and how they are judged. A file in `kinds/` for
 * each; a new one is added to the list in `kinds.ts`.
 */
export interface Kind {
  readonly name: string;
  readonly form: Form;
  /** What an accepted mutation has to have in common with its original, in words. */
  readonly meaning: string;
  /** Makes valid inputs; keys and certificates are new each time. */
  make(): Promise<Material>;
  /** The judgement of mutations of `input`, one of `material`. */
  judge(material: Material, input: string): Judge;
}
