import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { StandFacts, StandFolder } from './folder.ts';

/** The browser's session of the first request; any mark of 8 characters would do. */
const browser = 'b3f2c1d09a7e4f55';

/** Writes what the first request is made with: its body, and variables for the shell. */
export function writeFiles(folder: StandFolder, facts: StandFacts): void {
  const { service, portal, client, secret, pin, library, environment } = facts;
  writeFileSync(folder.at('request.json'), `${JSON.stringify({ origin: portal, browser })}\n`);
  const variables = {
    STAND: folder.path,
    STAND_SERVICE: service,
    STAND_CLIENT: `${client}:${secret}`,
    SEALGATE_DATA: folder.at('service'),
    SEALGATE_CLIENT_SECRET: secret,
    SEALGATE_PKCS11_MODULE: library,
    SEALGATE_PIN: pin,
    ...environment,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  writeFileSync(folder.at('environment'), lines.join(''), { mode: 0o600 });
}

/** The lines that sign in to the stand, to be copied into a shell one by one. */
export function firstRequest(folder: StandFolder): readonly string[] {
  const json = "-H 'content-type: application/json'";
  return [
    `. ${quoted(`./${relative(process.cwd(), folder.at('environment'))}`)}`,
    `curl -su "$STAND_CLIENT" ${json} -d @"$STAND/request.json" "$STAND_SERVICE/v1/challenges" > challenge.json`,
    'npx sealgate sign challenge.json --login "$STAND/request.json" --key head --out login.json',
    `curl -su "$STAND_CLIENT" ${json} -d @login.json "$STAND_SERVICE/v1/logins"`,
  ];
}

/** A word of the shell. */
function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
