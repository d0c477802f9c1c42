import {
  type AslState,
  catchersOf,
  type Fields,
  isDistributed,
  isFields,
  type Matcher,
  retriersOf,
} from './asl.ts';
import { expressionFault } from './check-expression.ts';
import type { Refuse } from './refusal.ts';
import { taskResource } from './task-resource.ts';

const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector', 'Result'];
const JSONATA_FIELDS = ['Assign', 'Arguments', 'Output', 'Items', 'Condition'];
const DISTRIBUTED_ONLY = /^(ItemBatcher|ToleratedFailure.*|Label)$/;

/** Refuses what the engine gets wrong, or AWS would not take, in one state; nested machines are checked on their own. */
export function checkState(state: AslState, at: string, type: 'STANDARD' | 'EXPRESS', refuse: Refuse): void {
  if (state.QueryLanguage === 'JSONata') refuse(`${at}.QueryLanguage`, 'only JSONPath runs locally');
  for (const field of JSONATA_FIELDS.filter((name) => name in state)) {
    refuse(`${at}.${field}`, 'only JSONPath without variables runs locally');
  }
  checkResultPath(state, at, refuse);
  checkMatchers(state, at, refuse);
  checkExpressions(state, at, refuse);
  if (state.Type === 'Task') checkResource(String(state.Resource), `${at}.Resource`, type, refuse);
  if (state.Type === 'Map') checkMap(state, at, type, refuse);
}

function checkResultPath(state: AslState, at: string, refuse: Refuse): void {
  const withResultPath: [string, Fields][] = [
    [at, state],
    ...catchersOf(state).map((catcher, i): [string, Fields] => [`${at}.Catch[${i}]`, catcher]),
  ];
  for (const [place, { ResultPath: path }] of withResultPath) {
    if (typeof path !== 'string' || path === '$') continue;
    if (!/^\$(\.[^.[\]$]+)+$/.test(path)) refuse(`${place}.ResultPath`, 'only $.name.name runs locally');
  }
}

function checkMatchers(state: AslState, at: string, refuse: Refuse): void {
  const check = (field: string, matchers: readonly Matcher[]) => {
    for (const [index, { ErrorEquals: errors }] of matchers.entries()) {
      if (!errors.includes('States.ALL')) continue;
      const isLast = index === matchers.length - 1;
      if (!isLast || errors.length > 1)
        refuse(`${at}.${field}[${index}]`, 'States.ALL must stand alone and last');
    }
  };
  check('Retry', retriersOf(state));
  check('Catch', catchersOf(state));
}

function checkExpressions(value: unknown, at: string, refuse: Refuse, isTemplate = false): void {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkExpressions(item, `${at}[${i}]`, refuse, isTemplate);
  }
  if (!isFields(value)) return;
  for (const [key, field] of Object.entries(value)) {
    if (key === 'ItemProcessor' || key === 'Iterator' || key === 'Branches') continue;
    const fault = isPath(key, field, isTemplate) ? expressionFault(field) : undefined;
    if (fault) refuse(`${at}.${key}`, fault);
    checkExpressions(field, `${at}.${key}`, refuse, isTemplate || TEMPLATES.includes(key));
  }
}

function isPath(key: string, value: unknown, isTemplate: boolean): value is string {
  if (typeof value !== 'string') return false;
  if (isTemplate || key.endsWith('.$')) return key.endsWith('.$');
  return key === 'Variable' || (key.endsWith('Path') && key !== 'ResultPath');
}

function checkResource(resource: string, at: string, type: string, refuse: Refuse): void {
  const kind = taskResource(resource)?.kind;
  if (!kind) refuse(at, `${resource} cannot be called locally; Lambda functions can`);
  if (kind === 'token' && type === 'EXPRESS') refuse(at, 'an EXPRESS machine has no .waitForTaskToken');
}

function checkMap(state: AslState, at: string, type: string, refuse: Refuse): void {
  for (const field of ['ItemReader', 'ResultWriter'].filter((name) => name in state)) {
    refuse(`${at}.${field}`, 'there is no S3 locally');
  }
  if (isDistributed(state)) {
    if (type === 'EXPRESS') refuse(at, 'an EXPRESS machine has no distributed Map');
    return;
  }
  const field = Object.keys(state).find((name) => DISTRIBUTED_ONLY.test(name));
  if (field) refuse(`${at}.${field}`, 'only a distributed Map has it');
}
