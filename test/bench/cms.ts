import { coldVerification } from './core.ts';
import { compare, type Figure, repeat, repeatAsync } from './measure.ts';
import { makeSpecimen } from './message.ts';
import { startNativePeer } from './native-peer.ts';
import { verifyWithPkijs } from './peer/pkijs.ts';

/** Cold verification of a 1 KB message with a chain of two on P-256, against OpenSSL's CMS_verify and pkijs. */
export async function cmsBenchmarks(skipped: (reason: string) => void): Promise<Figure[]> {
  const specimen = makeSpecimen(['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
  const { root, message, content, folder } = specimen;
  const figures: Figure[] = [];
  try {
    const ours = repeat(coldVerification(specimen));
    const peer = startNativePeer('cms', folder, [
      `${folder}/root.der`,
      `${folder}/message.der`,
      `${folder}/content`,
    ]);
    if (typeof peer === 'string') skipped(`CMS against OpenSSL: ${peer}`);
    else {
      figures.push(await compare('cold login core, P-256', 'OpenSSL CMS_verify', ours, peer.contender, 1.5));
      peer.close();
    }
    const pkijs = repeatAsync(() => verifyWithPkijs(message, root, content));
    figures.push(await compare('cold login core, P-256', 'pkijs', ours, pkijs, 25));
  } finally {
    specimen.close();
  }
  return figures;
}
