import { UsageError } from '../cli/run-tool.ts';
import { LOCAL_STAGE, stageNameOf } from '../cli/stage-name.ts';

/**
 * The name of a stage that can be deployed.
 *
 * @throws UsageError when it is missing, or the local one.
 * @throws ValidationError for what cannot be the name of a stage.
 */
export const deployedStage = (stage: string | undefined): string => {
  if (stage === undefined) throw new UsageError('--stage is missing');
  if (stage !== LOCAL_STAGE) return stageNameOf(stage);
  throw new UsageError(
    `--stage ${LOCAL_STAGE}: that is what npm start runs on this machine; it has no stack and is not deployed`,
  );
};

/** Where the variables of a stage are written, in the current folder, which `npm run` makes that of package.json. */
export const envFileOf = (stage: string): string => `.env.${stage}`;
