import { executionArn, expressExecutionArn } from '../arns.ts';
import { abortExecution, runExecution } from '../engine/run-execution.ts';
import type { ChildExecutionRequest, Host } from '../engine/runtime.ts';
import { Execution, type RegisteredMachine } from './execution.ts';
import type { ExecutionStore } from './execution-store.ts';

/** Runs children of distributed Maps. Their place in `activity` is that of whoever awaits them. */
export function childRunner(host: Host, store: ExecutionStore) {
  return async (request: ChildExecutionRequest): Promise<Execution> => {
    const execution = childOf(host, request);
    store.add(execution);
    const stopListening = request.scope.onCancel(() =>
      abortExecution(host, execution, { status: 'ABORTED' }),
    );
    await runExecution(host, execution);
    stopListening();
    store.ended(execution);
    return execution;
  };
}

function childOf(host: Host, request: ChildExecutionRequest): Execution {
  const { mapRun, input, type } = request;
  const name = host.newId();
  if (type === 'EXPRESS') host.units.expressExecutions += 1;
  return new Execution(machineOf(request), {
    executionArn: arnOf(host, mapRun.stateMachineArn, name, type),
    name,
    input,
    startDate: host.clock.now(),
    mapRunArn: mapRun.mapRunArn,
  });
}

function machineOf({ parent, machine, mapRun, type }: ChildExecutionRequest): RegisteredMachine {
  return { ...parent.execution.machine, arn: mapRun.stateMachineArn, type, compiled: machine };
}

function arnOf({ region, newId }: Host, machineArn: string, name: string, type: string): string {
  const labelled = machineArn.split(':').at(-1) ?? '';
  return type === 'EXPRESS'
    ? expressExecutionArn(region, labelled, name, newId())
    : executionArn(region, labelled, name);
}
