import { expect, test } from '@jest/globals';
import { specialKeys } from '../../src/contracts/special-keys.ts';

test.each<[text: string, paths: string[]]>([
  ['{"__proto__":{"admin":true}}', ['__proto__']],
  ['{"a":{"b":{"constructor":1}}}', ['a.b.constructor']],
  ['{"a":[0,{"prototype":{}},[{"__proto__":null}]]}', ['a[1].prototype', 'a[2][0].__proto__']],
  ['[{"x":1},{"__proto__":1}]', ['[1].__proto__']],
  ['{"__proto__":{"__proto__":1},"a":{"constructor":1}}', ['__proto__', 'a.constructor']],
])('%s holds a special key at %j', (text, paths) => expect(specialKeys(JSON.parse(text))).toEqual(paths));

test.each(['null', '"__proto__"', '["constructor"]', '{"a":{"proto":"__proto__"}}', '17', '{"_proto_":1}'])(
  '%s holds no special key',
  (text) => expect(specialKeys(JSON.parse(text))).toEqual([]),
);
