import { readList } from '../asn1/list.ts';
import { Reader } from '../asn1/reader.ts';
import { context, contextConstructed } from '../asn1/tag.ts';
import type { ExtensionType } from './extension.ts';
import { type GeneralName, readGeneralName } from './general-name.ts';

/** As many as names; suites of hostile certificates have 4,097 in both lists together that are to be judged. */
const mostSubtrees = 4096;

/** RFC 5280, section 4.2.1.10. */
export interface GeneralSubtree {
  readonly base: GeneralName;
  readonly minimum: number;
  readonly maximum: number | undefined;
}

/** Subtrees that names below this authority must lie in, and must not lie in. */
export interface NameConstraints {
  readonly permitted: readonly GeneralSubtree[];
  readonly excluded: readonly GeneralSubtree[];
}

export const nameConstraints: ExtensionType<NameConstraints> = {
  oid: '2.5.29.30',
  name: 'nameConstraints',
  decode(value) {
    const reader = Reader.der(value);
    const fields = reader.sequence();
    if (fields.isAtEnd) fields.refuse('name constraints are empty');
    const permitted = readSubtrees(fields, contextConstructed(0));
    const excluded = readSubtrees(fields, contextConstructed(1));
    fields.finish();
    reader.finish();
    return { permitted, excluded };
  },
};

function readSubtrees(fields: Reader, expected: number): readonly GeneralSubtree[] {
  const sequence = fields.optionalConstructed(expected);
  return sequence === undefined ? [] : readList(sequence, 'subtrees', mostSubtrees, readSubtree);
}

function readSubtree(reader: Reader): GeneralSubtree {
  const fields = reader.sequence();
  const base = readGeneralName(fields);
  const minimum = fields.peek() === context(0) ? fields.smallInteger(context(0)) : 0;
  const maximum = fields.peek() === context(1) ? fields.smallInteger(context(1)) : undefined;
  fields.finish();
  return { base, minimum, maximum };
}
