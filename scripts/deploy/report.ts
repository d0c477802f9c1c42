import { EXIT_INTERRUPTED, type ToolAnswer } from '../cli/run-tool.ts';
import type { StepResult } from './run-steps.ts';
import { commandText, type DeployRequest, goOnWith, type Step } from './steps.ts';

/** The steps and their commands, one a line. */
export const planReport = ({ stage }: DeployRequest, steps: readonly Step[]): ToolAnswer => ({
  exitCode: 0,
  document: {
    ...{ stage, dry_run: true },
    steps: steps.map(({ name, ...step }) => ({ step: name, command: commandText(step) })),
  },
  text: steps.map(({ name, ...step }) => `${name.padEnd(8)} ${commandText(step)}`).join('\n'),
});

const stopped = (request: DeployRequest, { step, end, reason }: StepResult) => {
  const go_on_with = goOnWith(request, step);
  const what = end === 'FAILED' ? `${step} failed: ${reason}` : `interrupted in ${step}`;
  const onAws =
    step === 'deploy' && end === 'INTERRUPTED' ? '; what CloudFormation has begun goes on by itself' : '';
  return { go_on_with, complaint: `${what}${onAws}\nGo on with:\n  ${go_on_with}` };
};

/** How a deployment ended, and the command that goes on with it if a step did not get done. */
export const deployReport = (request: DeployRequest, results: readonly StepResult[]): ToolAnswer => {
  const { stage } = request;
  const steps = results.map(({ end, ...result }) => ({ ...result, end: end.toLowerCase() }));
  const last = results.find(({ end }) => end !== 'DONE');
  if (!last)
    return {
      exitCode: 0,
      document: { stage, ok: true, steps },
      text: `${stage}: ${results.map(({ step }) => step).join(', ')} done`,
    };
  const { go_on_with, complaint } = stopped(request, last);
  return {
    exitCode: last.end === 'INTERRUPTED' ? EXIT_INTERRUPTED : 1,
    document: { stage, ok: false, steps, stopped_in: last.step, go_on_with },
    text: '',
    complaint,
  };
};
