import type * as z from 'zod';
import { StoredRowInvalidError } from '../../application/errors.ts';

type Row = Record<string, unknown>;

const STORAGE_ATTRIBUTES: readonly string[] = ['pk', 'sk', 'due_shard', 'due_sk'];

/** A row without the attributes that only storage needs. */
const content = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !STORAGE_ATTRIBUTES.includes(name)));

const complaint = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');

/**
 * The entity that a row holds.
 *
 * @throws StoredRowInvalidError naming the row's key and what does not fit.
 */
export const parseRow = <S extends z.ZodType>(schema: S, row: Row): z.infer<S> => {
  const result = schema.safeParse(content(row));
  if (result.success) return result.data;
  throw new StoredRowInvalidError(`row ${String(row.pk)} / ${String(row.sk)}: ${complaint(result.error)}`);
};

/** The same for a row that may be absent. */
export const parseOptionalRow = <S extends z.ZodType>(
  schema: S,
  row: Row | undefined,
): z.infer<S> | undefined => row && parseRow(schema, row);
