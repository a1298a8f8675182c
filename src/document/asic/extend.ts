import { messageExtender } from '../cades/extend.ts';
import type { NamedContent } from '../examined.ts';
import type { Extender, Extending } from '../extender.ts';
import { xmlExtender } from '../xades/extend.ts';
import { type Container, containerOf, contentOf } from './examine.ts';
import { writeZip } from './write.ts';
import { readZip } from './zip.ts';

/** What is done to one signature file. */
type Step = (extender: Extender, octets: Uint8Array, extending: Extending) => Promise<Uint8Array>;

/** Extends the signature files in a container (EN 319 162-1), each as its own format asks; documents stay as they are. */
export const containerExtender: Extender = {
  stampSignatures: (document, extending) =>
    forEachFile(document, extending, (extender, octets, own) => extender.stampSignatures(octets, own)),
  addEvidence: (document, material, extending) =>
    forEachFile(document, extending, (extender, octets, own) => extender.addEvidence(octets, material, own)),
  stampArchive: (document, extending) =>
    forEachFile(document, extending, (extender, octets, own) => extender.stampArchive(octets, own)),
};

async function forEachFile(document: Uint8Array, extending: Extending, step: Step): Promise<Uint8Array> {
  const { budget } = extending;
  const zip = await readZip(document, budget);
  const container = await containerOf(zip, { contents: [], known: [], budget });
  const entries: (typeof zip.entries)[number][] = [];
  for (const entry of zip.entries) {
    const found = signatureFile(entry.name, container);
    if (found === undefined) entries.push(entry);
    else {
      const own = { ...extending, contents: found.contents };
      entries.push({ ...entry, octets: await step(found.extender, entry.octets, own) });
    }
  }
  return writeZip({ ...zip, entries });
}

/** How a file is extended, with what its signatures are over; undefined where it holds none. */
function signatureFile(
  name: string,
  container: Container,
): { readonly extender: Extender; readonly contents: readonly NamedContent[] } | undefined {
  if (!name.startsWith('META-INF/')) return undefined;
  if (/\.p7s$/i.test(name)) {
    const manifest = container.manifests.find(({ signature }) => signature === name);
    const octets = contentOf(manifest, container);
    return { extender: messageExtender, contents: octets === undefined ? [] : [{ name: undefined, octets }] };
  }
  if (!/signatures[^/]*\.xml$/i.test(name)) return undefined;
  const contents = [...container.files].map(([file, octets]) => ({ name: file, octets }));
  return { extender: xmlExtender, contents };
}
