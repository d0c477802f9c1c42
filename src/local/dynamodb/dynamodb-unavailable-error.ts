/** No DynamoDB could be reached or started; the message names every way that was tried and why it failed. */
export class DynamoDbUnavailableError extends Error {
  override readonly name = 'DynamoDbUnavailableError';
}
