/** Legal forms in full, as the register writes them, and the short forms that certificates mostly bear. */
const legalForms: readonly (readonly [RegExp, string])[] = [
  ['общество с ограниченной ответственностью', 'ооо'],
  ['публичное акционерное общество', 'пао'],
  ['непубличное акционерное общество', 'нао'],
  ['открытое акционерное общество', 'оао'],
  ['закрытое акционерное общество', 'зао'],
  ['акционерное общество', 'ао'],
  ['автономная некоммерческая организация', 'ано'],
  ['некоммерческое партнерство', 'нп'],
  ['федеральное государственное унитарное предприятие', 'фгуп'],
  ['государственное унитарное предприятие', 'гуп'],
  ['муниципальное унитарное предприятие', 'муп'],
  ['федеральное государственное бюджетное учреждение', 'фгбу'],
  ['государственное бюджетное учреждение', 'гбу'],
  ['муниципальное бюджетное учреждение', 'мбу'],
  ['индивидуальный предприниматель', 'ип'],
].map(([full, short]) => [new RegExp(`(?<![\\p{L}])${full}(?![\\p{L}])`, 'u'), short ?? ''] as const);

const quotes = /["'«»„“”‘’`]/gu;
const dashes = /[‐‑‒–—−]/gu;

/** X.520 lets a name be 64 characters long, and some authorities cut longer ones. */
const cutLength = 60;

/**
 * The form in which names are compared: case, ё, quotes, dashes, spacing and the length of the legal form do not
 * count. Letters of another script stay what they are, however alike they look.
 */
export function comparableName(name: string): string {
  let text = name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(quotes, ' ')
    .replace(dashes, '-')
    .replace(/\s*-\s*/gu, '-')
    .replace(/\s+/gu, ' ')
    .trim();
  for (const [full, short] of legalForms) text = text.replace(full, short);
  return text.replace(/\s+/gu, ' ').trim();
}

/** Whether `name` is one of `registered`, or the beginning of one where it was cut at the length that X.520 allows. */
export function isNameOf(name: string, registered: readonly string[]): boolean {
  const wanted = comparableName(name);
  return registered.some((candidate) => {
    const known = comparableName(candidate);
    return known === wanted || ([...name].length >= cutLength && wanted !== '' && known.startsWith(wanted));
  });
}
