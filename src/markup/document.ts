import type { Language } from '../failure/failure.ts';
import type { Element } from './element.ts';
import { dataBlock, escapeHtml, toHtml } from './html.ts';

/** A whole page. */
export interface PageDocument {
  readonly language: Language;
  readonly title: string;
  /** Addresses of the stylesheet, of the icon, and of the script where there is one. */
  readonly style: string;
  readonly icon: string;
  readonly script?: string;
  /** For the script. */
  readonly data?: unknown;
  /** Where and when browsers go on by themselves; `isScriptless`: only those that run no script. */
  readonly refresh?: { readonly seconds: number; readonly address?: string; readonly isScriptless?: boolean };
  readonly body: readonly Element[];
}

/** The page as HTML. Nothing in it runs but the script that is named, and nothing is styled inline. */
export function documentHtml(page: PageDocument): string {
  const { language, title, style, icon, script, data, body } = page;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="${escapeHtml(icon)}" type="image/svg+xml">
<link rel="stylesheet" href="${escapeHtml(style)}">${refreshOf(page)}${scriptOf(script)}
</head>
<body class="page">
${body.map(toHtml).join('\n')}${data === undefined ? '' : `\n${dataBlock('page-data', data)}`}
</body>
</html>
`;
}

function scriptOf(script: string | undefined): string {
  return script === undefined ? '' : `\n<script type="module" src="${escapeHtml(script)}"></script>`;
}

function refreshOf({ refresh }: PageDocument): string {
  if (refresh === undefined) return '';
  const { seconds, address, isScriptless } = refresh;
  const content = address === undefined ? String(seconds) : `${seconds};url=${address}`;
  const meta = `<meta http-equiv="refresh" content="${escapeHtml(content)}">`;
  return `\n${isScriptless ? `<noscript>${meta}</noscript>` : meta}`;
}
