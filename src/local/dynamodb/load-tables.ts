import { readFileSync } from 'node:fs';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { parseCloudFormation } from './cloudformation-yaml.ts';
import { tableShape } from './table-shape.ts';
import { resolveText, type Substitutions } from './template-text.ts';

/** A table as the template defines it, ready to be created locally. */
export interface TableDefinition {
  /** The resource's name in the template, e.g. `RevenuePlansTable`. */
  readonly logicalId: string;
  readonly tableName: string;
  readonly request: CreateTableCommandInput;
}

export interface TableNaming {
  /** Stands for `${self:custom.prefix}`. */
  readonly prefix?: string;
  /** Stands for `${sls:stage}`, `${opt:stage}` and `${self:provider.stage}`. */
  readonly stage?: string;
  /** Any other variable of the file, by the text between its braces. */
  readonly substitutions?: Substitutions;
}

/**
 * Reads the `AWS::DynamoDB::Table` resources of a CloudFormation file, be they under `Resources` or at its top.
 *
 * @throws Error that names the file, the table and what is wrong with it.
 */
export function loadTables(path: string, naming: TableNaming = {}): TableDefinition[] {
  return parseTables(readFileSync(path, 'utf8'), path, naming);
}

function parseTables(text: string, path: string, naming: TableNaming): TableDefinition[] {
  const template = z.record(z.string(), z.unknown()).parse(parseCloudFormation(text));
  const resources = z.record(z.string(), z.unknown()).parse(template.Resources ?? template);
  const substitutions = substitutionsOf(naming);
  const tables = Object.entries(resources).flatMap(([logicalId, resource]) => {
    const table = tableResource.safeParse(resource);
    return table.success ? [definition(path, logicalId, table.data.Properties, substitutions)] : [];
  });
  if (tables.length === 0) throw new Error(`${path} defines no AWS::DynamoDB::Table`);
  return tables;
}

const tableResource = z.object({ Type: z.literal('AWS::DynamoDB::Table'), Properties: z.unknown() });

function definition(
  path: string,
  logicalId: string,
  properties: unknown,
  substitutions: Substitutions,
): TableDefinition {
  try {
    const { TableName, ...shape } = tableShape.parse(properties);
    const tableName = resolveText(TableName, substitutions);
    const request = { ...shape, TableName: tableName, BillingMode: 'PAY_PER_REQUEST' as const };
    return { logicalId, tableName, request };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(`${path}: ${logicalId}: ${reason}`, { cause: error });
  }
}

function substitutionsOf({ prefix, stage, substitutions }: TableNaming): Substitutions {
  return {
    ...(prefix === undefined ? {} : { 'self:custom.prefix': prefix }),
    ...(stage === undefined ? {} : { 'sls:stage': stage, 'opt:stage': stage, 'self:provider.stage': stage }),
    ...substitutions,
  };
}
