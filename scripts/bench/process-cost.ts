import { readFileSync } from 'node:fs';

/** Clock ticks per second of /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const MIB = 2 ** 20;
/** Fields of /proc/<pid>/stat after the command's name: utime and stime. */
const UTIME = 11;
const STIME = 12;

const childCpuMs = (pid: number | undefined): number => {
  if (pid === undefined) return 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[UTIME]) + Number(fields[STIME])) * 1000) / TICKS_PER_SECOND;
};

const childPeakMib = (pid: number | undefined): number => {
  if (pid === undefined) return 0;
  const [, kib = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
};

export interface ProcessCost {
  readonly wall_s: number;
  /** User and system time of this process and of the database, in milliseconds. */
  readonly cpu_ms: number;
  /** Largest resident set of both since they started, in MiB. */
  readonly rss_mib: number;
}

/** Measures what a piece of work costs this process and the database's. Linux only. */
export const measured = async (
  databasePid: number | undefined,
  work: () => Promise<void>,
): Promise<ProcessCost> => {
  const began = performance.now();
  const own = process.cpuUsage();
  const database = childCpuMs(databasePid);
  await work();
  const { user, system } = process.cpuUsage(own);
  return {
    wall_s: (performance.now() - began) / 1000,
    cpu_ms: (user + system) / 1000 + childCpuMs(databasePid) - database,
    rss_mib: (process.resourceUsage().maxRSS * 1024) / MIB + childPeakMib(databasePid),
  };
};
