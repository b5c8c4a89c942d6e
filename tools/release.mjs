// Whether a release can be made: all packages have one version, want each other at it, the changelog has a section for it, and each can be
// packed with what users need. Publishes nothing. Usage: npm run release:dry, or node tools/release.mjs --tag vX.Y.Z
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const {
  values: { tag },
} = parseArgs({ options: { tag: { type: 'string' } } });
const packages = ['packages/mien', 'packages/server', 'packages/cli'];
const read = (folder) => JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
const [library, ...others] = packages.map(read);
const faults = [];

const { version } = library;
const names = packages.map((folder) => read(folder).name);
for (const other of others) {
  if (other.version !== version) faults.push(`${other.name} is ${other.version}, ${library.name} is ${version}`);
  if (other.dependencies[library.name] === undefined) faults.push(`${other.name} does not want ${library.name}`);
  for (const [name, range] of Object.entries(other.dependencies))
    if (names.includes(name) && range !== `^${version}`)
      faults.push(`${other.name} wants ${name} ${range}, expected ^${version}`);
}
if (tag !== undefined && tag !== `v${version}`) faults.push(`the tag is ${tag}, expected v${version}`);
const heading = readFileSync(`${root}CHANGELOG.md`, 'utf8')
  .split('\n')
  .find((line) => line.startsWith(`## ${version}`));
if (!heading) faults.push(`CHANGELOG.md has no section "## ${version}"`);
else if (tag !== undefined && /unreleased/i.test(heading)) faults.push(`CHANGELOG.md still says "${heading.slice(3)}"`);

for (const folder of packages) {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: `${root}${folder}`,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const paths = packed.files.map(({ path }) => path);
  for (const needed of ['package.json', 'README.md'])
    if (!paths.includes(needed)) faults.push(`${packed.name} would be packed without ${needed}`);
  if (!paths.some((path) => path.startsWith('dist/')))
    faults.push(`${packed.name} would be packed without dist/: npm run build`);
  const strays = paths.filter((path) => /\.test\.|\.tsbuildinfo$|\/golden\//.test(path));
  if (strays.length > 0)
    faults.push(
      `${packed.name} would be packed with ${strays.length} files that are not for users, such as ${strays[0]}`,
    );
  console.log(
    `${packed.name} ${packed.version}: ${paths.length} files, ${(packed.size / 1e6).toFixed(1)} MB packed, ${(packed.unpackedSize / 1e6).toFixed(1)} MB unpacked`,
  );
}

for (const fault of faults) console.error(`release: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
