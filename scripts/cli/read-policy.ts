import { readFileSync } from 'node:fs';
import { ValidationError } from '../../src/application/errors.ts';
import { complaints } from '../../src/contracts/complaints.ts';
import { specialKeys } from '../../src/contracts/special-keys.ts';
import { type CandidatePolicy, candidatePolicy } from '../../src/domain/autonomy/candidate-policy.ts';

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ValidationError(`${path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
};

const parseJson = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValidationError(`${path}: is not JSON: ${(error as Error).message}`);
  }
};

/**
 * The candidate policy that a file holds.
 *
 * @throws ValidationError naming the path and the value of everything that does not fit.
 */
export const readPolicy = (path: string): CandidatePolicy => {
  const value = parseJson(readText(path), path);
  const [special] = specialKeys(value);
  if (special !== undefined)
    throw new ValidationError(`${path}: ${special}: a key of that name is not allowed`);
  const parsed = candidatePolicy.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ValidationError(`${path}: ${complaints(parsed.error, value)}`);
};
