/**
 * An error that the Step Functions API answers with. `name` is AWS's error name (`ExecutionDoesNotExist`, `InvalidArn` …):
 * the endpoint sends it as it is, and the SDK builds its exception from it.
 */
export class ServiceError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export const stateMachineDoesNotExist = (arn: string) =>
  new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);

export const executionDoesNotExist = (arn: string) =>
  new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);

export const executionAlreadyExists = (arn: string) =>
  new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);

export const invalidArn = (reason: string) => new ServiceError('InvalidArn', `Invalid Arn: '${reason}'`);

export const invalidName = (name: string) => new ServiceError('InvalidName', `Invalid Name: '${name}'`);

export const invalidExecutionInput = (reason: string) =>
  new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);

export const invalidToken = () => new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");

export const taskDoesNotExist = () => new ServiceError('TaskDoesNotExist', 'Task Does Not Exist');

export const typeNotSupported = () =>
  new ServiceError(
    'StateMachineTypeNotSupported',
    'This operation is not supported by this type of state machine',
  );

export const validationException = (message: string) => new ServiceError('ValidationException', message);
