import { resolve } from 'node:path';
import { ValidationError } from '../../src/application/errors.ts';
import { loadService, type ServiceDefinition } from '../../src/local/service/service-definition.ts';

/** The stage that `npm start` runs. */
export const LOCAL_STAGE = 'local';

/** Absolute path of the service file. */
export const SERVICE_FILE = resolve(import.meta.dirname, '../../serverless.yml');

/** @throws ValidationError for what cannot be the name of a stage. */
export const stageNameOf = (stage: string): string => {
  if (/^[a-z][a-z0-9-]{0,30}$/i.test(stage)) return stage;
  throw new ValidationError(`--stage: ${JSON.stringify(stage)} is not the name of a stage`);
};

/**
 * What the service file says of a stage: names of tables, bus and machines.
 *
 * @throws ValidationError for what cannot be the name of a stage.
 */
export const serviceOf = (stage: string): ServiceDefinition =>
  loadService({ path: SERVICE_FILE, stage: stageNameOf(stage) });
