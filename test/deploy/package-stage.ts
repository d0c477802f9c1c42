import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { readZip } from './read-zip.ts';
import type { Template } from './template.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SERVERLESS = join(ROOT, 'node_modules/serverless/bin/serverless.js');
/** What the service is made of; put into a directory of its own, so that packaging twice at once does no harm. */
const FILES = ['package.json', 'serverless.yml', 'tsconfig.json'];
const FOLDERS = ['node_modules', 'resources', 'src', 'statemachines'];

export interface PackageOptions {
  /** What stands on the command line. */
  readonly params?: Readonly<Record<string, string>>;
  readonly functions?: 'bundled' | 'stubs';
}

export interface PackagedStage {
  readonly template: Template;
  /** Unpacks the bundle of a function, by its key in serverless.yml, and gives the path of its module. */
  unpack(functionKey: string): Promise<string>;
  remove(): Promise<void>;
}

/** Most of the time goes into bundling; where only the template counts, handlers that do nothing stand for the functions. */
const writeStubs = async (directory: string): Promise<void> => {
  const files = await readdir(join(ROOT, 'functions'), { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const path = join(directory, 'functions', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'export const handler = () => {};');
  }
};

/** A folder with the service in it. */
export const serviceOfItsOwn = async (functions: PackageOptions['functions']): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'cc-native-package-'));
  const link = (name: string) => symlink(join(ROOT, name), join(directory, name));
  await Promise.all(FILES.map((name) => copyFile(join(ROOT, name), join(directory, name))));
  await Promise.all(FOLDERS.map(link));
  await (functions === 'stubs' ? writeStubs(directory) : link('functions'));
  return directory;
};

const CACHE = join(ROOT, 'node_modules/.cache');

/** Nothing of the surroundings gets in: no credentials, no profile, no region. */
const bareEnvironment = (home: string) => ({
  PATH: `${join(ROOT, 'node_modules/.bin')}:/usr/bin:/bin`,
  HOME: home,
  // serverless-esbuild leaves a folder there for each function.
  TMPDIR: home,
  // The framework's code, and what it compiles its schema of service files to, under the hash of the schema: 2 s of CPU each time.
  NODE_COMPILE_CACHE: join(CACHE, 'node'),
  SLS_SCHEMA_CACHE_BASE_DIR: CACHE,
  // esbuild, a Go program, spends a quarter of its CPU on collecting garbage when it is not told that there is memory to use.
  GOGC: '400',
});

const unpackInto = async (directory: string, functionKey: string): Promise<string> => {
  const files = readZip(await readFile(join(directory, '.serverless', `${functionKey}.zip`)));
  for (const [name, content] of files) {
    const path = join(directory, 'unpacked', functionKey, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  const module = [...files.keys()].find((name) => name.endsWith('.mjs')) ?? 'no .mjs in the archive';
  return join(directory, 'unpacked', functionKey, module);
};

/**
 * Runs the framework in a folder that holds a service, with nothing of the surroundings but `settings`.
 *
 * @throws Error with what it printed when it fails.
 */
export const serverless = async (
  directory: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const options = { cwd: directory, env: { ...bareEnvironment(directory), ...settings } };
  try {
    await promisify(execFile)(process.execPath, [SERVERLESS, ...args], options);
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`serverless ${args[0]} failed:\n${stdout}${stderr}`, { cause: error });
  }
};

/** Runs `serverless package` for a stage, as somebody without an AWS account would. */
export const packageStage = async (
  stage: string,
  { params = {}, functions = 'bundled' }: PackageOptions = {},
): Promise<PackagedStage> => {
  const directory = await serviceOfItsOwn(functions);
  const remove = () => rm(directory, { recursive: true });
  const options = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  try {
    await serverless(directory, ['package', '--stage', stage, ...options]);
    const path = join(directory, '.serverless/cloudformation-template-update-stack.json');
    const template = JSON.parse(await readFile(path, 'utf8'));
    return { template, unpack: (functionKey) => unpackInto(directory, functionKey), remove };
  } catch (error) {
    await remove();
    throw error;
  }
};
