/** A state of a definition: the fields that every state has, and those that depend on its type. */
export interface AslState {
  readonly Type: string;
  readonly [field: string]: unknown;
}

export interface AslMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
  readonly TimeoutSeconds?: number;
  readonly [field: string]: unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

export interface Matcher extends Fields {
  readonly ErrorEquals: readonly string[];
}

export interface Retrier extends Matcher {
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'NONE' | 'FULL';
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const retriersOf = (state: AslState): readonly Retrier[] => (state.Retry ?? []) as readonly Retrier[];

export const catchersOf = (state: AslState): readonly Matcher[] => (state.Catch ?? []) as readonly Matcher[];

/** The machine that a Map runs for each item, under its present or its former name. */
export const itemProcessorOf = (state: AslState): AslMachine =>
  (state.ItemProcessor ?? state.Iterator) as AslMachine;

export const processorConfigOf = (state: AslState): Fields =>
  (itemProcessorOf(state).ProcessorConfig ?? {}) as Fields;

export const isDistributed = (state: AslState): boolean => processorConfigOf(state).Mode === 'DISTRIBUTED';
