/**
 * The state machines as a stage deploys them. The files under statemachines/ stand for themselves as STANDARD; here the stage's
 * parameters say what runs as EXPRESS.
 */

/** An EXPRESS execution lives for five minutes at the most; AWS would end it without asking its Catch. */
const EXPRESS_SECONDS = 300;
/** So that a tool call that is cut short leaves time for recording that. */
const EXPRESS_TASK_SECONDS = 240;

const shortened = (state) =>
  state.Type === 'Task'
    ? { ...state, TimeoutSeconds: Math.min(state.TimeoutSeconds, EXPRESS_TASK_SECONDS) }
    : state;

const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

/** The same machine with every time-out within the five minutes of an EXPRESS execution. */
export const withinExpressLimits = (machine) => ({
  ...machine,
  TimeoutSeconds: Math.min(machine.TimeoutSeconds, EXPRESS_SECONDS),
  States: mapValues(machine.States, shortened),
});

const withChildType = (state, type) => {
  if (state.ItemProcessor?.ProcessorConfig?.Mode !== 'DISTRIBUTED') return state;
  const ProcessorConfig = { ...state.ItemProcessor.ProcessorConfig, ExecutionType: type };
  return { ...state, ItemProcessor: { ...state.ItemProcessor, ProcessorConfig } };
};

/** The same machine with the child executions of its distributed maps of a type: STANDARD or EXPRESS. */
export const withChildrenOfType = (machine, type) => ({
  ...machine,
  States: mapValues(machine.States, (state) => withChildType(state, type)),
});

export const planCycle = async ({ resolveVariable }) =>
  withChildrenOfType(
    await resolveVariable('file(statemachines/plan-cycle.asl.json)'),
    await resolveVariable('param:planCycleChildType'),
  );

export const executeAction = async ({ resolveVariable }) => {
  const machine = await resolveVariable('file(statemachines/execute-action.asl.json)');
  const type = await resolveVariable('param:executeActionType');
  return type === 'EXPRESS' ? withinExpressLimits(machine) : machine;
};
