import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '@jest/globals';
import { parseCloudFormation } from '../../src/local/dynamodb/cloudformation-yaml.ts';
import { METRICS, METRICS_SERVICE } from '../../src/runtime/metric-names.ts';
import type { Template } from './template.ts';

const RESOURCES = resolve(import.meta.dirname, '../../resources');
const VALUES: Record<string, string> = { 'self:custom.prefix': 'cc-native-dev', 'sls:stage': 'dev' };

const NO_MAIL = { 'param:alarmEmail': '', 'param:escalationEmail': '' };

/** What a file of resources makes of a stage, without the framework. */
export const made = async (
  file: string,
  name: string,
  values: Record<string, string> = {},
): Promise<Template> => {
  const module = await import(pathToFileURL(resolve(RESOURCES, file)).href);
  const all: Record<string, string> = { ...VALUES, ...NO_MAIL, ...values };
  const resolveVariable = async (variable: string) => {
    if (all[variable] === undefined) throw new Error(`no variable ${variable}`);
    return all[variable];
  };
  return module[name]({ resolveVariable });
};

/** A file of resources as it stands, its variables not put in. */
export const yaml = (file: string) =>
  parseCloudFormation(readFileSync(resolve(RESOURCES, file), 'utf8')) as Template;

/** A metric as `Name by dimension, dimension`, the dimensions that all have left out. */
export const known = new Set(
  Object.entries(METRICS).flatMap(([name, { dimensions }]) =>
    dimensions.map((own) => `${name} by ${own.join(', ')}`),
  ),
);

/** The same of what a resource asks CloudWatch for; which has to be of this service and stage. */
export const asked = (name: string, dimensions: Readonly<Record<string, unknown>>): string => {
  const { service, stage, ...own } = dimensions;
  expect({ service, stage }).toEqual({ service: METRICS_SERVICE, stage: 'dev' });
  return `${name} by ${Object.keys(own).join(', ')}`;
};
