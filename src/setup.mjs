// Plain JavaScript, because this runs on whatever Node.js the machine has, before Node 24 is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules', '.sealgate-setup.json');
const wanted = new Set(process.argv.slice(2));
const isQuiet = wanted.has('--quiet');

/** Debian packages by the switch that asks for them, each with the file that tells that it is there. */
const debianPackages = {
  '--softhsm': [['softhsm2', /^\/usr\/lib\/(softhsm|[^/]+\/softhsm)\/libsofthsm2\.so$/]],
  '--interoperation': [
    ['opensc', '/usr/bin/pkcs11-tool'],
    ['openssl', '/usr/bin/openssl'],
    ['libengine-gost-openssl', /\/gost\.so$/],
    ['libssl-dev', '/usr/include/openssl/cms.h'],
    ['libxml2-utils', '/usr/bin/xmllint'],
    ['xmlsec1', '/usr/bin/xmlsec1'],
  ],
};

function say(text) {
  process.stderr.write(`${text}\n`);
}

function run(title, command, args, environment = {}) {
  say(`sealgate set-up: ${title}`);
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: isQuiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
  });
  if (result.status === 0) return;
  if (isQuiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  say(`sealgate set-up: failed: ${command} ${args.join(' ')}`);
  process.exit(1);
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

function nativeSources(folder = 'native') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name === 'build') return [];
    return entry.isDirectory() ? nativeSources(path) : [path];
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

/** Headers of the Node 24 that npm installed, so that no native build has to fetch them. */
function headers() {
  const folder = join(root, 'node_modules', 'node');
  const candidates = [join(folder, 'node_modules'), join(root, 'node_modules')];
  const name = `${process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${process.platform}-${process.arch}`;
  const found = candidates
    .map((candidate) => join(candidate, name))
    .find((path) => existsSync(join(path, 'include')));
  return found === undefined ? {} : { npm_config_nodedir: found };
}

function installPackages() {
  const digest = digestOf(['package.json', 'package-lock.json']);
  if (readStamp().packages === digest) return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Not `npm ci`: it refuses a lock file without the optional packages of platforms that the registry does not hold.
  run('npm packages', npm, ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']);
  run('Node.js 24', npm, ['rebuild', 'node', '--no-audit', '--no-fund']);
  run('PKCS#11 binding', npm, ['rebuild', 'pkcs11js', '--no-audit', '--no-fund'], headers());
  writeStamp({ packages: digest, native: undefined });
}

function buildNative() {
  if (!existsSync(join(root, 'native', 'binding.gyp'))) return;
  const digest = digestOf(nativeSources());
  if (readStamp().native === digest) return;
  const compiler = spawnSync('g++', ['--version'], { stdio: 'ignore' }).status === 0;
  if (!compiler) {
    say(
      'sealgate set-up: no g++ here, so GOST runs in TypeScript, about a hundred times slower, and ECDSA by node:crypto. Remedy: apt-get install g++ make python3',
    );
    return;
  }
  const nodeGyp = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const node = join(root, 'node_modules', '.bin', 'node');
  run(
    'native GOST, ECDSA and test token',
    node,
    [nodeGyp, 'rebuild', '--directory', 'native', '--jobs', 'max'],
    headers(),
  );
  writeStamp({ native: digest });
}

function isPresent([, mark]) {
  if (typeof mark === 'string') return existsSync(mark);
  const folders = ['/usr/lib/softhsm', ...libraryFolders()];
  return folders.some(
    (folder) => existsSync(folder) && readdirSync(folder).some((name) => mark.test(`${folder}/${name}`)),
  );
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
  const apt = (...args) => [...prefix, 'apt-get', ...args];
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const [updateCommand, ...updateArgs] = apt('update', '-qq');
  run('list of Debian packages', updateCommand, updateArgs, environment);
  const [installCommand, ...installArgs] = apt('install', '-y', '-qq', '--no-install-recommends', ...names);
  run(`Debian packages ${names.join(', ')}`, installCommand, installArgs, environment);
}

installPackages();
buildNative();
installDebianPackages();
