// Builds dist/ (what Node runs, and the owner's pages) and resources/ (what the Node-RED editor loads).
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

function compile() {
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  const done = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

/** Locale files, forms and pictures stand beside their code, in the build as in the source. */
function copyBeside(folder) {
  cpSync(folder, join('dist', folder), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts') && !path.endsWith('.tsx'),
  });
}

/** Node-RED looks for icons in `dirname(entry)/icons` of each entry. */
function copyIcons() {
  for (const node of readdirSync('nodes')) {
    if (existsSync(join('nodes', node, `${node}.ts`)))
      cpSync('icons', join('dist', 'nodes', node, 'icons'), { recursive: true });
  }
}

function editorEntries() {
  return readdirSync('nodes', { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.editor.ts'))
    .map((path) => join('nodes', path));
}

/** Of all words, those that the owner's pages say: the rest is for nodes and logs. */
const portalWords = {
  name: 'portal-words',
  setup({ onLoad }) {
    onLoad({ filter: /sharing[\\/]text[\\/]\w+\.json$/ }, ({ path }) => {
      const said = Object.entries(JSON.parse(readFileSync(path, 'utf8'))).filter(([key]) =>
        /^(portal|sentence|scope|refusal|reason)\./.test(key),
      );
      return { contents: JSON.stringify(Object.fromEntries(said)), loader: 'json' };
    });
  },
};

/** The owner's pages: one program, one style sheet, one icon, and the licence of what is inside. */
async function buildPortal() {
  await build({
    entryPoints: ['main.tsx', 'portal.css'].map((name) => ({ in: join('portal', name), out: 'portal' })),
    outdir: join('dist', 'portal'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    tsconfig: 'tsconfig.portal.json',
    plugins: [portalWords],
  });
  cpSync(join('portal', 'portal.svg'), join('dist', 'portal', 'portal.svg'));
  cpSync(join('node_modules', 'preact', 'LICENSE'), join('dist', 'portal', 'preact.LICENSE'));
}

/** What makes certificates is bundled, with the licences of what is inside: hardly anybody needs it, nobody installs it. */
async function bundleSelfsigned() {
  const file = join('dist', 'lib', 'built-in-server', 'tls', 'selfsigned.js');
  const { metafile } = await build({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    metafile: true,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const inside = Object.keys(metafile.inputs).flatMap(
    (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  );
  const licences = [...new Set(inside)].sort().map((name) => `${name}\n\n${licenceOf(join('node_modules', name))}`);
  writeFileSync(file.replace(/\.js$/, '.LICENSES'), licences.join('\n\n'));
}

function licenceOf(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  return file
    ? readFileSync(join(folder, file), 'utf8')
    : JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).license;
}

rmSync('dist', { recursive: true, force: true });
rmSync('resources', { recursive: true, force: true });
compile();
for (const folder of ['lib', 'nodes', 'demo']) if (existsSync(folder)) copyBeside(folder);
copyIcons();
mkdirSync('resources', { recursive: true });
await Promise.all([
  buildPortal(),
  bundleSelfsigned(),
  ...editorEntries().map((entry) =>
    build({
      entryPoints: [entry],
      outfile: join('resources', basename(entry).replace(/\.ts$/, '.js')),
      bundle: true,
      format: 'iife',
      target: 'es2022',
      minify: false,
      legalComments: 'none',
    }),
  ),
]);
writeFileSync(join('dist', '.built'), new Date().toISOString());
