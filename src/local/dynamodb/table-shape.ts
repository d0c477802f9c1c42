import * as z from 'zod';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })).min(1);

const projection = z.object({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).exactOptional(),
});

const index = z.object({ IndexName: z.string(), KeySchema: keySchema, Projection: projection });

/**
 * What a local table takes over from its CloudFormation resource. Everything else there (billing, throughput, TTL,
 * backups, protection, tags) says how AWS runs the table and has no effect on a laptop.
 */
export const tableShape = z.object({
  TableName: z.unknown(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(index).min(1).exactOptional(),
  LocalSecondaryIndexes: z.array(index).min(1).exactOptional(),
  StreamSpecification: z
    .object({ StreamViewType: z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']) })
    .transform((stream) => ({ ...stream, StreamEnabled: true }))
    .exactOptional(),
});
