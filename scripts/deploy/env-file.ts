import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';

export type Variables = Readonly<Record<string, string>>;

const HEAD =
  '# Written by npm run deploy and npm run stage-env. Variables of your own stay, comments do not.';

/** Needs no quotes, neither for `parseEnv` nor for a shell. */
const PLAIN = /^[\w@%+=:,./-]*$/;

const quoted = (name: string, value: string): string => {
  if (PLAIN.test(value)) return value;
  // Within double quotes \n would be a new line.
  const quote = ["'", ...(value.includes('\\') ? [] : ['"']), '`'].find((mark) => !value.includes(mark));
  if (quote === undefined) throw new Error(`${name}: no kind of quotes is left to write its value with`);
  return `${quote}${value}${quote}`;
};

/**
 * The text of an env file, sorted by name.
 *
 * @throws Error naming a variable whose value cannot be written: one that has all three kinds of quotes in it.
 */
export const envText = (variables: Variables): string => {
  const names = Object.keys(variables).sort();
  return [HEAD, ...names.map((name) => `${name}=${quoted(name, variables[name] ?? '')}`), ''].join('\n');
};

/** What stays in the file, and what is written: of the `known` variables the fresh ones, and all others as they were. */
export const mergedVariables = (
  old: Variables,
  { known, fresh }: { readonly known: ReadonlySet<string>; readonly fresh: Variables },
): Variables => {
  const own = Object.entries(old).filter(([name]) => !known.has(name));
  return { ...Object.fromEntries(own), ...fresh };
};

/** The variables of an env file; undefined when there is no such file. */
export const readEnvFile = async (path: string): Promise<Variables | undefined> => {
  try {
    return parseEnv(await readFile(path, 'utf8')) as Variables;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Replaces the file as a whole: whoever reads meanwhile sees the old one or the new one. Nobody else may read it. */
export const writeEnvFile = async (path: string, variables: Variables): Promise<void> => {
  const text = envText(variables);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
};
