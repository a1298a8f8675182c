import { SealgateError } from '../error.ts';
import { documentHtml } from '../markup/document.ts';
import type { Element } from '../markup/element.ts';
import { refusal } from '../markup/refusal.ts';
import { defined } from '../optional.ts';
import { pageBase } from '../sign-in/challenge.ts';
import { wordsIn } from '../sign-in/words/choose.ts';
import type { FileReport } from '../verification/judge.ts';
import { sortFiles } from '../verification/sort.ts';
import { questionView, reportView, type VerificationFacts } from '../verification/view.ts';
import { verificationWords } from '../verification/words.ts';
import { callerOf } from './caller.ts';
import { allowLength } from './connections.ts';
import { documentPageHeaders } from './headers.ts';
import { askedLanguage, pageRoute } from './page-handler.ts';
import type { Answer, Call, PageRoute } from './route.ts';
import { type PageFailure, pageFailure } from './sign-in-page.ts';
import { isUpload, type Upload } from './upload.ts';
import type { Uploads } from './uploads.ts';

const path = '/verify';
const ask = pageRoute('get', path, async (call) => page(call, questionView(factsOf(call, openedBy(call)))));
const check = pageRoute('post', path, judge);

/** The page on which anybody has documents checked, where the operator has opened it; nothing of them is kept. */
export const verificationPageRoutes: readonly PageRoute[] = [ask, { ...check, refuse }];

/** Throws `resource_unknown` where the page is off, or the service has no trust to judge by. */
function openedBy({ service: { verification, validation }, request }: Call): Uploads {
  if (verification === undefined || validation === undefined)
    throw new SealgateError('resource_unknown', { path: request.path });
  return verification.uploads;
}

const mebibyte = 1024 * 1024;

/** Files that one person may give at once: each may cost as much as a whole request of a relying party. */
const mostFiles = 16;

function factsOf(call: Call, { allowance }: Uploads): VerificationFacts {
  const address = `${pageBase(call.service)}${path}`;
  return { language: askedLanguage(call), address, megabytes: allowance.largest / mebibyte };
}

/** Strangers are counted by their address. */
async function judge(call: Call): Promise<Answer> {
  const { request, service } = call;
  const uploads = openedBy(call);
  if (!isUpload(request))
    throw new SealgateError('request_malformed', { field: 'Content-Type', problem: 'not a form with files' });
  service.verification?.limit(callerOf(request), call.at);
  allowLength(request);
  return uploads.take(`address ${callerOf(request)}`, request, service.patience.body, async (upload) =>
    page(call, reportView(factsOf(call, uploads), await reportsOn(upload, uploads, call))),
  );
}

async function reportsOn({ files }: Upload, uploads: Uploads, call: Call): Promise<readonly FileReport[]> {
  const given = files.map(({ file }) => file).filter(({ length }) => length > 0);
  if (given.length === 0) throw new SealgateError('signature_file_missing');
  if (given.length > mostFiles)
    throw new SealgateError('request_malformed', { field: 'file', problem: 'too many parts' });
  const { validation } = call.service;
  if (validation === undefined) throw new SealgateError('resource_unknown', { path: call.request.path });
  // Nobody's server is asked for certificates of issuers because a stranger has put its address into a file.
  const { issuers, ...trust } = validation;
  const { largestDocument } = uploads.allowance;
  const question = { at: call.at, language: askedLanguage(call), trust, largestDocument };
  const reports: FileReport[] = [];
  for (const sorted of await sortFiles(given)) {
    const length = Math.min(sorted.file.length, largestDocument);
    // Loaded with the first document; see validation-routes.
    const { judgeFile } = await import('../verification/judge.ts');
    const found = await uploads.hold(length, () => judgeFile(sorted, question));
    if (found !== undefined) reports.push(found);
  }
  return reports;
}

/** What cannot be taken is told above the question, so that the person tries again at once. */
async function refuse(call: Call, error: unknown): Promise<Answer> {
  const { verification, validation } = call.service;
  if (verification === undefined || validation === undefined) return check.refuse(call, error);
  const facts = factsOf(call, verification.uploads);
  const told = pageFailure(error, facts.language, call.traceId);
  const above = refusal(told.failure, wordsIn(facts.language).refusal);
  return page(call, questionView(facts, above), told);
}

function page(call: Call, body: readonly Element[], told?: PageFailure): Answer {
  const { pages } = call.service;
  const language = askedLanguage(call);
  const { style, script } = pages.verification;
  const html = documentHtml({
    ...{ language, title: verificationWords(language).title, style: style.path, icon: pages.icon.path, body },
    ...defined({ script: script?.path }),
  });
  return {
    body: html,
    type: 'text/html; charset=utf-8',
    headers: { ...documentPageHeaders, 'content-language': language, ...told?.headers },
    ...defined({ status: told?.status, code: told?.code }),
  };
}
