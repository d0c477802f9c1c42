import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const CHECK_EVERY_MS = 500;
const SHELLS: readonly string[] = ['sh', 'dash', 'ash', 'bash', 'busybox', 'zsh'];

/** Command and parent of a process, as Linux tells them, or else `ps`; nothing where neither is to be had. */
const processFacts = (id: number): { command: string; parent: string } | undefined => {
  try {
    const [, command = '', parent = ''] =
      /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
    return { command, parent };
  } catch {
    return process.platform === 'linux' ? undefined : factsByPs(id);
  }
};

const factsByPs = (id: number): { command: string; parent: string } | undefined => {
  try {
    const text = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', `${id}`], { encoding: 'utf8' }).trim();
    const [parent = '', command = ''] = text.split(/\s+/);
    return { command: command.split('/').at(-1) ?? '', parent };
  } catch {
    return undefined;
  }
};

/** Who started this process: its parent, and when that is a shell that npm puts in between, the parent of that too. */
const lineage = (): string => {
  const { ppid } = process;
  const facts = processFacts(ppid);
  return facts && SHELLS.includes(facts.command) ? `${ppid} of ${facts.parent}` : `${ppid}`;
};

/**
 * Resolves when the npm that started this process is gone. A signal to npm ends the shell in between and never gets here, and a killed
 * npm sends none; either way nobody is left to stop us.
 */
export const untilParentEnds = (whoStartedUs: () => string = lineage): Promise<void> => {
  const starter = whoStartedUs();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (whoStartedUs() === starter) return;
      clearInterval(timer);
      resolve();
    }, CHECK_EVERY_MS);
    timer.unref();
  });
};
