import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { runTool, type Tool } from '../../scripts/cli/run-tool.ts';

/** What a tool printed, and how it ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Settings = Readonly<Record<string, string>>;

/** A tool called in this process, with no variables but those given; nobody interrupts it. */
export const callTool = async (tool: Tool, args: readonly string[], settings: Settings): Promise<Ran> => {
  const printed = { stdout: '', stderr: '' };
  const code = await runTool(tool, [...args], {
    environment: settings,
    print: (line) => {
      printed.stdout += `${line}\n`;
    },
    say: (line) => {
      printed.stderr += `${line}\n`;
    },
    untilInterrupted: () => new AbortController().signal,
  });
  return { code, ...printed };
};

/** A tool as a process of its own, with no AWS settings but those given. */
export const spawnTool = (name: string, args: readonly string[], settings: Settings) => {
  const inherited = Object.entries(process.env).filter(([variable]) => !variable.startsWith('AWS_'));
  const env = { ...Object.fromEntries(inherited), AWS_EC2_METADATA_DISABLED: 'true', ...settings };
  return spawn(process.execPath, [`scripts/${name}.ts`, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
};

/** A tool as a process of its own, to its end. */
export const toolProcess = async (
  name: string,
  args: readonly string[],
  settings: Settings,
): Promise<Ran> => {
  const child = spawnTool(name, args, settings);
  const ended = once(child, 'close');
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code: code as number | null, stdout, stderr };
};
