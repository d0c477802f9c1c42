export interface TaskResource {
  /** `function`: a Lambda ARN itself; `invoke`: the Lambda integration; `token`: the same, then waiting for a callback. */
  readonly kind: 'function' | 'invoke' | 'token';
  /** As history events name it: `invoke`, `invoke.waitForTaskToken`, or the function's ARN. */
  readonly name: string;
}

const INTEGRATION = /^arn:aws[\w-]*:states:[^:]*:[^:]*:lambda:(invoke(?:\.waitForTaskToken)?)$/;

/** What a Task's Resource stands for, or undefined when it cannot be called locally. */
export function taskResource(resource: string): TaskResource | undefined {
  if (/^arn:aws[\w-]*:lambda:[^:]*:[^:]*:function:./.test(resource))
    return { kind: 'function', name: resource };
  const name = INTEGRATION.exec(resource)?.[1];
  return name ? { kind: name === 'invoke' ? 'invoke' : 'token', name } : undefined;
}
