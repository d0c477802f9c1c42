// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub has placeholders of its own.
import { describe, expect, it } from '@jest/globals';
import {
  resolveIntrinsics,
  UnsupportedIntrinsicError,
} from '../../../src/local/step-functions/definition/resolve-intrinsics.ts';

const resolve = (id: string, attribute?: string) => (attribute ? `<${id}.${attribute}>` : `<${id}>`);

describe('resolveIntrinsics', () => {
  it.each([
    [{ Ref: 'Table' }, '<Table>'],
    [{ 'Fn::GetAtt': ['OpenLambdaFunction', 'Arn'] }, '<OpenLambdaFunction.Arn>'],
    [{ 'Fn::GetAtt': 'OpenLambdaFunction.Arn' }, '<OpenLambdaFunction.Arn>'],
    [{ 'Fn::Sub': 'a-${Table}-${Queue.Arn}-${!Literal}' }, 'a-<Table>-<Queue.Arn>-${Literal}'],
    [{ 'Fn::Sub': ['${stage}-${Table}', { stage: { Ref: 'Stage' } }] }, '<Stage>-<Table>'],
  ])('resolves %j', (intrinsic, expected) => {
    const definition = { States: [{ Parameters: { value: intrinsic, 'x.$': '$.x' } }] };
    expect(resolveIntrinsics(definition, resolve)).toEqual({
      States: [{ Parameters: { value: expected, 'x.$': '$.x' } }],
    });
  });

  it('refuses any other function by its name', () => {
    const definition = { a: { 'Fn::ImportValue': 'b' } };
    expect(() => resolveIntrinsics(definition, resolve)).toThrow(
      new UnsupportedIntrinsicError('Fn::ImportValue'),
    );
  });

  it('leaves an object alone that has more than the reference', () => {
    expect(resolveIntrinsics({ Ref: 'a', other: 1 }, resolve)).toEqual({ Ref: 'a', other: 1 });
  });
});
