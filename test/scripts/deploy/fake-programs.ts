import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach } from '@jest/globals';
import type { Ran } from '../call-tool.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

const HANG = [
  'require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" })',
  'console.log("hanging")',
  'setInterval(() => {}, 1000)',
].join('; ');

/**
 * Stands for npm and npx: remembers each call, and does what CALLS_FAIL and CALLS_HANG say of it. `npm run stage-env` runs the real tool. One that
 * hangs leaves a child behind, as a shell does, that keeps its output open. A script of the shell, since it is started some sixty times.
 */
const FAKE = [
  '#!/bin/sh',
  `call="\${0##*/} $*"`,
  'for name in AWS_REGION EVENT_BUS_NAME TENANT_ID; do',
  String.raw`  if value=$(printenv $name); then env="$env,\"$name\":\"$value\""; fi`,
  'done',
  `printf '{"call":"%s","env":{%s}}\\n' "$call" "\${env#,}" >> calls`,
  'echo "output of $call"',
  'is() { [ -n "$1" ] && case "$call" in *"$1"*) ;; *) false ;; esac; }',
  'is "$CALLS_FAIL" && exit 7',
  `is "$CALLS_HANG" && exec '${process.execPath}' -e '${HANG}'`,
  '[ "$2" = stage-env ] || exit 0',
  `shift 3 && exec '${process.execPath}' '${join(ROOT, 'scripts/stage-env.ts')}' "$@"`,
].join('\n');

/** A call of a fake program, with those variables that the tests look at. */
export interface Call {
  readonly call: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface DeployPlace {
  readonly directory: string;
  /** Starts a tool in the folder of this place, with the fake programs before all others. */
  spawn(
    tool: string,
    args: readonly string[],
    settings?: Record<string, string>,
  ): ChildProcessByStdio<null, Readable, Readable>;
  run(tool: string, args: readonly string[], settings?: Record<string, string>): Promise<Ran>;
  calls(): Promise<Call[]>;
}

const makePlace = async (): Promise<DeployPlace> => {
  const directory = await mkdtemp(join(tmpdir(), 'cc-native-deploy-'));
  const bin = join(directory, 'bin');
  await mkdir(bin);
  for (const name of ['npm', 'npx']) {
    await writeFile(join(bin, name), FAKE);
    await chmod(join(bin, name), 0o755);
  }
  const start: DeployPlace['spawn'] = (tool, args, settings = {}) => {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
    const env = {
      ...Object.fromEntries(inherited),
      ...{ PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`, AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_MAX_ATTEMPTS: '1' },
      // Relative to the root when npm sets it.
      ...{ NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node'), ...settings },
    };
    const script = join(ROOT, `scripts/${tool}.ts`);
    return spawn(process.execPath, [script, ...args], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
  return {
    ...{ directory, spawn: start },
    async run(tool, args, settings) {
      const child = start(tool, args, settings);
      const ended = once(child, 'close');
      const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
      return { code: code as number | null, stdout, stderr };
    },
    async calls() {
      const lines = await readFile(join(directory, 'calls'), 'utf8').catch(() => '');
      return lines
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Call);
    },
  };
};

/** A folder of its own for every test of a file, with fake programs in it. */
export const useDeployPlace = (): DeployPlace => {
  const place = {} as DeployPlace;
  beforeEach(async () => void Object.assign(place, await makePlace()));
  afterEach(() => rm(place.directory, { recursive: true }));
  return place;
};

const member = ([key, value]: readonly [string, string]): string =>
  `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;

const described = (outputs: Record<string, string>): string =>
  `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
  <StackName>cc-native-dev</StackName><CreationTime>2031-03-03T09:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus>
  <Outputs>${Object.entries(outputs).map(member).join('')}</Outputs>
  </member></Stacks></DescribeStacksResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeStacksResponse>`;

const ABSENT = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
  <Code>ValidationError</Code><Message>Stack with id cc-native-dev does not exist</Message></Error><RequestId>1</RequestId></ErrorResponse>`;

/** CloudFormation as far as DescribeStacks goes: a stack of these outputs, or none. Remembers what it was asked. */
export const fakeCloudFormation = async (outputs: () => Record<string, string> | undefined) => {
  const asked: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    asked.push(new URLSearchParams(await text(request)));
    const found = outputs();
    response.writeHead(found ? 200 : 400, { 'content-type': 'text/xml' });
    response.end(found ? described(found) : ABSENT);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, close, settings: { AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint } };
};
