/** As much of a CloudFormation template as these tests read. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties differ by type of resource, and a wrong guess fails the test that makes it
  readonly Properties: any;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

/** Resources of a type, by logical id. */
export const ofType = ({ Resources }: Template, type: string): Map<string, Resource> =>
  new Map(Object.entries(Resources).filter(([, { Type }]) => Type === type));

export const resource = ({ Resources }: Template, logicalId: string): Resource => {
  const found = Resources[logicalId];
  if (!found) throw new Error(`the template has no resource ${logicalId}`);
  return found;
};

export const statementsOf = (role: Resource): Statement[] =>
  role.Properties.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
  );

/** The logical id that an ARN of the template belongs to; `RevenuePlansTable/due-index` for an index. */
export const arnOwner = (arn: unknown): string => {
  const text = JSON.stringify(arn);
  const getAtt = /^\{"Fn::GetAtt":\["(\w+)","Arn"\]\}$/.exec(text);
  const index = /^\{"Fn::Sub":"\$\{(\w+)\.Arn\}\/index\/([\w-]+)"\}$/.exec(text);
  return getAtt?.[1] ?? (index ? `${index[1]}/${index[2]}` : text);
};

/** The definition of a state machine, each reference to a function replaced by the function's logical id. */
export const definitionOf = (machine: Resource) => {
  const [text, references] = machine.Properties.DefinitionString['Fn::Sub'];
  return JSON.parse(text.replace(/\$\{(\w+)\}/g, (_: string, name: string) => arnOwner(references[name])));
};

/** Logical ids of the functions that a machine calls, those within its maps included. */
export const calledFunctions = (definition: unknown): Set<string> =>
  new Set([...JSON.stringify(definition).matchAll(/"FunctionName":"(\w+)"/g)].map(([, name = '']) => name));
