import { ValidationError } from '../../src/application/errors.ts';

/** The stage that `npm start` runs. */
export const LOCAL_STAGE = 'local';

/** @throws ValidationError for what cannot be the name of a stage. */
export const stageNameOf = (stage: string): string => {
  if (/^[a-z][a-z0-9-]{0,30}$/i.test(stage)) return stage;
  throw new ValidationError(`--stage: ${JSON.stringify(stage)} is not the name of a stage`);
};
