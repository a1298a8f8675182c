// Plain JavaScript, because this runs on whatever Node.js the machine has, before Node 24 is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules', '.sealgate-setup.json');
const lockFile = join(root, 'node_modules', '.sealgate-setup.lock');
const wanted = new Set(process.argv.slice(2));
const isQuiet = wanted.has('--quiet');

/** Debian packages by the switch that asks for them, each with the file that tells that it is there. */
const debianPackages = {
  '--softhsm': [['softhsm2', /^\/usr\/lib\/(softhsm|[^/]+\/softhsm)\/libsofthsm2\.so$/]],
  '--smartcard': [
    ['pcscd', '/usr/sbin/pcscd'],
    ['vsmartcard-vpcd', '/usr/lib/pcsc/drivers/serial/libifdvpcd.so'],
    ['opensc', '/usr/bin/pkcs15-init'],
    ['iproute2', '/usr/sbin/ip'],
  ],
  '--postgresql': [['postgresql', /^\/usr\/lib\/postgresql\/\d+\/bin\/initdb$/]],
  '--interoperation': [
    ['opensc', '/usr/bin/pkcs11-tool'],
    ['openssl', '/usr/bin/openssl'],
    ['curl', '/usr/bin/curl'],
    ['libengine-gost-openssl', /\/gost\.so$/],
    ['libssl-dev', '/usr/include/openssl/cms.h'],
    ['libp11-kit-dev', '/usr/include/p11-kit-1/p11-kit/pkcs11.h'],
    ['libxml2-utils', '/usr/bin/xmllint'],
    ['xmlsec1', '/usr/bin/xmlsec1'],
    ['poppler-utils', '/usr/bin/pdfsig'],
    ['libnss3-tools', '/usr/bin/certutil'],
  ],
  '--clang': [['clang', '/usr/bin/clang++']],
  '--monitoring': [['prometheus', '/usr/bin/promtool']],
  '--languages': [
    ['default-jdk-headless', '/usr/bin/javac'],
    ['golang-go', '/usr/bin/go'],
    ['php-cli', '/usr/bin/php'],
  ],
  '--portals': [
    ['libapache2-mod-auth-openidc', '/usr/lib/apache2/modules/mod_auth_openidc.so'],
    ['python3-authlib', '/usr/lib/python3/dist-packages/authlib'],
    ['python3-requests', '/usr/lib/python3/dist-packages/requests'],
  ],
  '--browser': [
    ['chromium', '/usr/bin/chromium'],
    ['fonts-liberation', '/usr/share/fonts/truetype/liberation'],
    ['firefox-esr', '/usr/bin/firefox-esr'],
  ],
};

const linters = { '@redocly/cli': '2.77.0', '@stoplight/spectral-cli': '6.16.3' };

function say(text) {
  process.stderr.write(`${text}\n`);
}

function attempt(title, command, args, environment = {}) {
  say(`sealgate set-up: ${title}`);
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: isQuiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
  });
  if (result.status === 0) return true;
  if (isQuiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  say(`sealgate set-up: failed: ${command} ${args.join(' ')}`);
  return false;
}

function run(title, command, args, environment) {
  if (!attempt(title, command, args, environment)) process.exit(1);
}

function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function sourcesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name === 'build') return [];
    return entry.isDirectory() ? sourcesIn(path) : [path];
  });
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

function writeStamp(change) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ ...readStamp(), ...change }));
}

/** Folder with the headers of the Node 24 that npm installed, so that no native build has to fetch them. */
function headers() {
  const folder = join(root, 'node_modules', 'node');
  const candidates = [join(folder, 'node_modules'), join(root, 'node_modules')];
  const name = `${process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${process.platform}-${process.arch}`;
  return candidates
    .map((candidate) => join(candidate, name))
    .find((path) => existsSync(join(path, 'include')));
}

/** Builds with those headers. Make takes a blank in their path for its end, so that it is given another name for it. */
function build(title, command, args) {
  const found = headers();
  if (found === undefined) return run(title, command, args);
  if (!/\s/.test(found)) return run(title, command, args, { npm_config_nodedir: found });
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-setup-'));
  const link = join(folder, 'node');
  symlinkSync(found, link, 'junction');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  run(title, command, args, { npm_config_nodedir: link });
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

const results = {
  packages: () => [node],
  page: () => [
    ...['sign-in', 'verify'].map((name) => join(root, 'build', 'page', `${name}.js`)),
    ...['viewer.js', 'viewer.css'].map((name) => join(root, 'build', 'contract', name)),
    ...['home', 'bridge', 'confirm'].map((name) => join(root, 'build', 'agent', `${name}.js`)),
  ],
  binding: () => [join(root, 'node_modules', 'pkcs11js', 'build', 'Release', 'pkcs11.node')],
  native: () =>
    [
      'sealgate_gost.node',
      'sealgate_ecdsa.node',
      'sealgate_cryptoki.node',
      'sealgate_token.so',
      'gost_selftest',
      'token_selftest',
    ].map((name) =>
      join(
        root,
        'native',
        'build',
        'Release',
        process.platform === 'win32' ? name.replace(/(_selftest)$/, '$1.exe') : name,
      ),
    ),
};

/** Whether `step` was done for sources of that digest, and what it made is still there. */
function isDone(step, digest) {
  return readStamp()[step] === digest && results[step]().every((file) => existsSync(file));
}

function packagesDigest() {
  return digestOf(['package.json', 'package-lock.json']);
}

function installPackages() {
  const digest = packagesDigest();
  if (isDone('packages', digest)) return;
  writeStamp({ packages: undefined });
  // Not `npm ci`: it refuses a lock file without the optional packages of platforms that the registry does not hold.
  run('npm packages', npm, ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']);
  run('Node.js 24', npm, ['rebuild', 'node', '--no-audit', '--no-fund']);
  writeStamp({ packages: digest });
}

/** What the binding to PKCS#11 and the native parts are built of and for, beside their own sources. */
function versionsDigest(...names) {
  const versions = names.map((name) => {
    const manifest = join(root, 'node_modules', name, 'package.json');
    return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : 'absent';
  });
  return versions.join(' ');
}

function bindingDigest() {
  return versionsDigest('node', 'pkcs11js');
}

function nativeDigest() {
  return `${digestOf(sourcesIn('native'))} ${versionsDigest('node')}`;
}

function missingTools() {
  return ['g++', 'make', 'python3'].filter(
    (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0,
  );
}

/** The binding to PKCS#11, then GOST, ECDSA and the test token. Without a compiler there is no token, and GOST is slow. */
function buildNative() {
  const binding = bindingDigest();
  const sources = nativeDigest();
  const needsBinding = !isDone('binding', binding);
  const needsNative = !isDone('native', sources);
  if (!needsBinding && !needsNative) return;
  const missing = missingTools();
  if (missing.length > 0) {
    say(
      `sealgate set-up: no ${missing.join(', no ')} here: tokens cannot be reached, GOST runs in TypeScript, a hundred times slower. Remedy: apt-get install g++ make python3`,
    );
    return;
  }
  if (needsBinding) {
    writeStamp({ binding: undefined });
    build('PKCS#11 binding', npm, ['rebuild', 'pkcs11js', '--no-audit', '--no-fund']);
    writeStamp({ binding });
  }
  if (needsNative) {
    writeStamp({ native: undefined });
    const nodeGyp = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
    const args = [nodeGyp, 'rebuild', '--directory', 'native', '--jobs', 'max'];
    build('native GOST, ECDSA and test token', node, args);
    writeStamp({ native: sources });
  }
}

function pageDigest() {
  return digestOf(['package-lock.json', ...sourcesIn('src').filter((path) => /\.(ts|mjs)$/.test(path))]);
}

/** The scripts of the sign-in page and of the agent's windows, and what they import. */
function buildPage() {
  const digest = pageDigest();
  if (isDone('page', digest)) return;
  writeStamp({ page: undefined });
  run('scripts of the service’s pages', node, [join('src', 'page', 'build.mjs')]);
  run('scripts of the agent’s windows', node, [join('src', 'agent', 'window', 'build.mjs')]);
  writeStamp({ page: digest });
}

/** Checkers of OpenAPI documents: 80 MB that only a test needs, so that they stand apart from the other packages. */
function installLinters() {
  const folder = join(root, 'build', 'linters');
  const isThere = Object.entries(linters).every(([name, version]) => {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
  });
  if (isThere) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: linters }));
  const words = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  if (!attempt('checkers of OpenAPI documents', npm, words)) say('sealgate set-up: goes on without them');
}

function isPresent([, mark]) {
  if (typeof mark === 'string') return existsSync(mark);
  const folders = ['/usr/lib/softhsm', ...libraryFolders(), ...postgresqlFolders()];
  return folders.some(
    (folder) => existsSync(folder) && readdirSync(folder).some((name) => mark.test(`${folder}/${name}`)),
  );
}

/** Where the programs of each version stand that is installed. */
function postgresqlFolders() {
  if (!existsSync('/usr/lib/postgresql')) return [];
  return readdirSync('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`);
}

function libraryFolders() {
  if (!existsSync('/usr/lib')) return [];
  const triples = readdirSync('/usr/lib').filter((name) => name.includes('-linux-gnu'));
  return triples.flatMap((triple) => [`/usr/lib/${triple}/softhsm`, `/usr/lib/${triple}/engines-3`]);
}

function installDebianPackages() {
  const missing = [...wanted]
    .flatMap((name) => debianPackages[name] ?? [])
    .filter((entry) => !isPresent(entry));
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name);
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  const isRoot = process.getuid?.() === 0;
  const isSudo = !isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  if (!existsSync('/usr/bin/apt-get') || (!isRoot && !isSudo)) {
    say(`sealgate set-up: please run: sudo ${command}`);
    return;
  }
  const prefix = isRoot ? [] : ['sudo', '-n'];
  const apt = (title, ...words) => {
    const [tool, ...args] = [...prefix, 'apt-get', ...words];
    return attempt(title, tool, args, { DEBIAN_FRONTEND: 'noninteractive' });
  };
  // What needs them says so; everything else runs without.
  const isInstalled =
    apt('list of Debian packages', 'update', '-qq') &&
    apt(`Debian packages ${names.join(', ')}`, 'install', '-y', '-qq', '--no-install-recommends', ...names);
  if (!isInstalled)
    say(`sealgate set-up: goes on without ${names.join(', ')}; later, please run: ${command}`);
}

/** Holds the set-up to one process at a time; the next one waits, and then finds what there is to find done. */
function lock() {
  mkdirSync(dirname(lockFile), { recursive: true });
  for (let isTold = false; ; isTold = true) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      process.once('exit', () => rmSync(lockFile, { force: true }));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isHeld()) rmSync(lockFile, { force: true });
    else {
      if (!isTold) say('sealgate set-up: another one is under way, waiting for it');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    }
  }
}

/** Whether whoever holds the lock is still at it; a set-up takes minutes, and process numbers come again. */
function isHeld() {
  try {
    const age = Date.now() - statSync(lockFile).mtimeMs;
    const holder = Number(readFileSync(lockFile, 'utf8'));
    if (holder === 0) return age < 10_000;
    process.kill(holder, 0);
    return age < 3_600_000;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const isComplete =
  isDone('packages', packagesDigest()) &&
  isDone('binding', bindingDigest()) &&
  isDone('native', nativeDigest()) &&
  isDone('page', pageDigest());
// Packages of Debian alone need root; everything else is the user's own.
if (!wanted.has('--debian-only')) {
  if (!isComplete) {
    lock();
    installPackages();
    buildNative();
    buildPage();
  }
  if (wanted.has('--linters')) installLinters();
}
installDebianPackages();
