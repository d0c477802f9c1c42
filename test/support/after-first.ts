import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Lets somebody else act right after the client's first call of a command, such as `GetItemCommand`, was answered or refused. */
export const afterFirst = (client: DynamoDBClient, commandName: string, act: () => Promise<void>): void => {
  let done = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = next(args);
      if (context.commandName !== commandName || done) return answer;
      done = true;
      await answer.catch(() => {});
      await act();
      return answer;
    },
    { step: 'initialize', name: 'afterFirst', override: true },
  );
};
