import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ERROR_CLASSES } from '../../../src/domain/execution/error-class.ts';
import { failureOf, travellingMessage } from '../../../src/domain/execution/failure.ts';

/** What the service makes a state's cause of when a function throws. */
const lambdaCause = (errorType: string, errorMessage: unknown): string =>
  JSON.stringify({ errorType, errorMessage, trace: [`${errorType}: somewhere`, 'at handler'] });

const thrownInFunction = (
  name: string,
  details: Parameters<typeof travellingMessage>[0] = {
    message: 'too many requests',
    error_class: 'RATE_LIMIT',
    error_code: 'REQUEST_LIMIT_EXCEEDED',
  },
) => ({ Error: name, Cause: lambdaCause(name, travellingMessage(details)) });

describe('what is known of an error that a function threw', () => {
  it('is the class and the code that it had, and its name and message in words', () => {
    expect(failureOf(thrownInFunction('TransientError'))).toEqual({
      error_class: 'RATE_LIMIT',
      error_code: 'REQUEST_LIMIT_EXCEEDED',
      error_message: 'TransientError: too many requests',
    });
  });

  it('is the same whatever class, code and message it has', () => {
    const details = fc.record({
      error_class: fc.constantFrom(...ERROR_CLASSES),
      error_code: fc.string(),
      message: fc.string({ maxLength: 900 }),
    });
    fc.assert(
      fc.property(details, (of) => {
        const { error_class, error_code, message } = of;
        expect(failureOf(thrownInFunction('ValidationError', of))).toEqual({
          ...{ error_class, error_code, error_message: `ValidationError: ${message}` },
        });
      }),
    );
  });

  it('is its own message when it carried neither class nor code', () => {
    const error = { Error: 'TypeError', Cause: lambdaCause('TypeError', 'x is not a function') };
    expect(failureOf(error)).toEqual({
      error_class: 'UNKNOWN',
      error_code: 'TypeError',
      error_message: 'TypeError: x is not a function',
    });
  });

  it('is UNKNOWN of class when it names one that there is not', () => {
    const details = { message: 'no', error_class: 'BUSINESS', error_code: 'CRM_REFUSED' };
    expect(failureOf(thrownInFunction('Error', details))).toMatchObject({
      ...{ error_class: 'UNKNOWN', error_code: 'CRM_REFUSED' },
    });
  });

  it('is the beginning of its message when that is long', () => {
    const error_message = failureOf({ Error: 'Lambda.Unknown', Cause: 'x'.repeat(5000) }).error_message;
    expect(error_message).toHaveLength(1000);
    expect(error_message).toMatch(/^Lambda\.Unknown: x+$/);
  });

  it('is text that can be stored, even when it is cut in the middle of a letter', () => {
    const before = 1000 - 'Odd: '.length - 1;
    const { error_message } = failureOf({ Error: 'Odd', Cause: `${'x'.repeat(before)}😀` });
    expect(error_message.isWellFormed()).toBe(true);
  });
});

describe('what is known of an error of the platform', () => {
  it.each([
    ['States.Timeout', 'TIMEOUT'],
    ['Sandbox.Timedout', 'TIMEOUT'],
    ['States.HeartbeatTimeout', 'TIMEOUT'],
    ['Lambda.Unknown', 'UNKNOWN'],
    ['Lambda.TooManyRequestsException', 'UNKNOWN'],
    ['States.DataLimitExceeded', 'UNKNOWN'],
  ])('%s is its name, of class %s', (name, error_class) => {
    expect(failureOf({ Error: name, Cause: 'why' })).toEqual({
      ...{ error_class, error_code: name, error_message: `${name}: why` },
    });
  });

  it('is a TIMEOUT of class when the service tells of it in the way of a function', () => {
    const cause = lambdaCause('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 60.00 seconds');
    expect(failureOf({ Error: 'Sandbox.Timedout', Cause: cause })).toEqual({
      ...{ error_class: 'TIMEOUT', error_code: 'Sandbox.Timedout' },
      error_message: 'Sandbox.Timedout: RequestId: 1 Error: Task timed out after 60.00 seconds',
    });
  });

  it('is its name alone when it has no cause', () => {
    expect(failureOf({ Error: 'States.Timeout' })).toEqual({
      ...{ error_class: 'TIMEOUT', error_code: 'States.Timeout', error_message: 'States.Timeout: ' },
    });
  });
});

describe('a cause that is garbage', () => {
  it.each([
    'null',
    '[]',
    '0',
    '"text"',
    '{',
    '{"errorMessage":7}',
    '{"errorMessage":"{\\"error_class\\":"}',
    '{"errorMessage":"null"}',
    lambdaCause('Error', JSON.stringify({ error_class: 1, error_code: { of: 'mine' }, message: 'm' })),
  ])('tells the name of the error at least: %s', (Cause) => {
    expect(failureOf({ Error: 'Odd', Cause })).toMatchObject({ error_class: 'UNKNOWN', error_code: 'Odd' });
  });

  it('breaks nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.boolean(), (text, wrapped) => {
        const Cause = wrapped ? `{"errorType":"Odd","errorMessage":${JSON.stringify(text)}}` : text;
        const { error_class, error_message } = failureOf({ Error: 'Odd', Cause });
        expect(ERROR_CLASSES).toContain(error_class);
        expect(error_message.length).toBeLessThanOrEqual(1000);
      }),
    );
  });

  it.each([
    lambdaCause('Odd', { toString: 1 }),
    lambdaCause('Odd', JSON.stringify({ error_code: 'ODD', message: { toString: 1 } })),
  ])('breaks nothing where a text should be and is an object: %s', (Cause) => {
    expect(failureOf({ Error: 'Odd', Cause }).error_message).toMatch(/^Odd: /);
  });
});
