import { mapRunArn, stateMachineArn } from '../arns.ts';
import { processorConfigOf } from '../definition/asl.ts';
import type { MachineType } from '../definition/check-definition.ts';
import type { CompiledState } from '../definition/compile.ts';
import type { Execution } from '../executions/execution.ts';
import {
  type ChildStatus,
  childEnded,
  childStarted,
  type MapRun,
  pendingCounts,
} from '../executions/map-run.ts';
import { StateError, terminalError } from '../state-error.ts';
import { childResult } from './child-result.ts';
import { record } from './frame.ts';
import { onlyChild } from './iterations.ts';
import { type ChildInput, childInputs } from './map-batches.ts';
import { contextOfItem, itemsOf, type MapPayload, selectItem } from './map-items.ts';
import { runPool } from './pool.ts';
import type { Frame } from './runtime.ts';

/** Quota of Step Functions for the children of a map run. */
const MAX_DISTRIBUTED_CONCURRENCY = 10_000;

/** Runs the item processor for each item, or batch of items, as an execution of its own. */
export async function performDistributedMap(
  frame: Frame,
  state: CompiledState,
  payload: MapPayload,
): Promise<unknown[]> {
  const items = itemsOf(state, payload);
  record(frame, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  const inputs = childInputs(await selectAll(frame, state, payload, items), payload.batcher);
  const mapRun = startMapRun(frame, state, payload, items.length, inputs.length);
  try {
    const outputs = await runChildren(frame, state, mapRun, inputs);
    endMapRun(frame, mapRun, 'SUCCEEDED', 'MapRunSucceeded', 'MapStateSucceeded');
    return outputs;
  } catch (error) {
    if (frame.scope.reason) endMapRun(frame, mapRun, 'ABORTED', 'MapRunAborted');
    else endMapRun(frame, mapRun, 'FAILED', 'MapRunFailed', 'MapStateFailed', error as Error);
    throw error;
  }
}

async function selectAll(
  frame: Frame,
  state: CompiledState,
  payload: MapPayload,
  items: readonly unknown[],
): Promise<readonly unknown[]> {
  if (!state.selector) return items;
  const selected: unknown[] = [];
  for (const [index, item] of items.entries()) {
    selected.push(await selectItem(frame, state, payload, contextOfItem(item, index)));
  }
  return selected;
}

async function runChildren(
  frame: Frame,
  state: CompiledState,
  mapRun: MapRun,
  inputs: readonly ChildInput[],
): Promise<unknown[]> {
  const type = (processorConfigOf(state.asl).ExecutionType ?? 'STANDARD') as MachineType;
  const scope = frame.scope.child();
  const outputs = new Array<unknown>(inputs.length);
  const runOne = async (index: number) => {
    const { json, items } = inputs[index] as ChildInput;
    childStarted(mapRun, items);
    const request = { parent: frame, machine: onlyChild(state), mapRun, type, input: json, scope };
    const child = await frame.host.runChildExecution(request);
    childEnded(mapRun, items, statusOf(child));
    outputs[index] = childResult(child.record);
    if (isFailing(mapRun)) scope.cancel(terminalError('States.Aborted', 'The map run failed'));
  };
  const { activity } = frame.host;
  const isStopped = () => scope.reason !== undefined;
  const concurrency = mapRun.maxConcurrency || MAX_DISTRIBUTED_CONCURRENCY;
  await runPool({ activity, size: inputs.length, concurrency, isStopped }, runOne);
  scope.close();
  if (frame.scope.reason) throw frame.scope.reason;
  if (scope.reason) throw thresholdExceeded();
  return outputs;
}

function statusOf({ record: { status } }: Execution): ChildStatus {
  if (status === 'SUCCEEDED') return 'succeeded';
  if (status === 'TIMED_OUT') return 'timedOut';
  return status === 'ABORTED' ? 'aborted' : 'failed';
}

function isFailing({ itemCounts, toleratedFailureCount, toleratedFailurePercentage }: MapRun): boolean {
  const failures = itemCounts.failed + itemCounts.timedOut;
  if (failures === 0) return false;
  const percentage = (failures / itemCounts.total) * 100;
  // AWS: with one of them given the other does not bind; with none, no failure is tolerated.
  const bindsCount = toleratedFailureCount > 0 || toleratedFailurePercentage === 0;
  const bindsPercentage = toleratedFailurePercentage > 0;
  return (
    (bindsCount && failures > toleratedFailureCount) ||
    (bindsPercentage && percentage > toleratedFailurePercentage)
  );
}

const thresholdExceeded = () =>
  new StateError(
    'States.ExceedToleratedFailureThreshold',
    'The specified tolerated failure threshold was exceeded',
  );

function startMapRun(
  frame: Frame,
  state: CompiledState,
  payload: MapPayload,
  items: number,
  children: number,
): MapRun {
  const { clock, region, newId, mapRuns } = frame.host;
  const machine = `${frame.execution.machine.name}/${labelOf(state)}`;
  const mapRun: MapRun = {
    mapRunArn: mapRunArn(region, machine, newId()),
    executionArn: frame.execution.record.executionArn,
    stateMachineArn: stateMachineArn(region, machine),
    startDate: clock.now(),
    maxConcurrency: payload.maxConcurrency ?? 0,
    toleratedFailureCount: payload.toleratedFailureCount ?? 0,
    toleratedFailurePercentage: payload.toleratedFailurePercentage ?? 0,
    itemCounts: pendingCounts(items),
    executionCounts: pendingCounts(children),
    status: 'RUNNING',
  };
  mapRuns.add(mapRun);
  record(frame, 'MapRunStarted', { mapRunStartedEventDetails: { mapRunArn: mapRun.mapRunArn } });
  return mapRun;
}

/** AWS makes a label up when there is none; the state's name is readable. */
const labelOf = ({ asl, name }: CompiledState) => String(asl.Label ?? name.replace(/[^\w-]/g, '-'));

function endMapRun(
  frame: Frame,
  mapRun: MapRun,
  status: MapRun['status'],
  runEvent: string,
  stateEvent?: string,
  error?: Error,
): void {
  frame.host.mapRuns.end(mapRun, status, frame.host.clock.now());
  const details = error && { mapRunFailedEventDetails: { error: error.name, cause: error.message } };
  record(frame, runEvent, details);
  if (stateEvent) record(frame, stateEvent);
}
