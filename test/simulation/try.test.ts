import { it } from '@jest/globals';
import * as fc from 'fast-check';
import { freshTables } from '../support/dynamodb.ts';
import { schedule } from '../support/schedules/random-schedule.ts';
import { newRig } from '../support/schedules/rig.ts';
import { prepareRig, runSchedule } from '../support/schedules/run-schedule.ts';
it('x', async () => {
  const tables = await freshTables();
  const rig = newRig(tables);
  await prepareRig(rig);
  const n = Number(process.env.N ?? 20);
  const hap: Record<string, number> = {}; const all = fc.sample(schedule, { seed: 1, numRuns: n });
  const t = performance.now(); let turns = 0; let looks = 0; let bad = 0;
  for (const [i, s] of all.entries()) {
    if (process.env.ONLY && Number(process.env.ONLY) !== i) continue;
    const r = await runSchedule(rig, `r${i}`, s);
     for (const h of r.happened) hap[h] = (hap[h] ?? 0) + 1; looks = Math.max(looks, ...r.looks.values());
    if (r.violations.length && bad++ < 5) console.log(i, r.violations.slice(0, 5).join('\n').slice(0, 3000));
  }
  console.log(JSON.stringify(hap)); const c = process.cpuUsage(); console.log((c.user + c.system) / 1000 / n, 'cpu', (performance.now() - t) / n, 'ms each', turns / n, 'turns', looks, 'looks', bad, 'bad');
}, 600000);
