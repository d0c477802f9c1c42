import { resolve } from 'node:path';
import { loadService, type ServiceDefinition } from '../../src/local/service/service-definition.ts';
import { stageNameOf } from './stage-name.ts';

/** Absolute path of the service file. */
export const SERVICE_FILE = resolve(import.meta.dirname, '../../serverless.yml');

/**
 * What the service file says of a stage: names of tables, bus and machines.
 *
 * @throws ValidationError for what cannot be the name of a stage.
 */
export const serviceOf = (stage: string): ServiceDefinition =>
  loadService({ path: SERVICE_FILE, stage: stageNameOf(stage) });
