/** Both servers want an Authorization header of the right form and never check the signature in it. */
const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.ListTables',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};

/** Answers whether a DynamoDB speaks at this endpoint, whatever it thinks of our credentials. */
export async function answersAsDynamoDb(endpoint: string, timeoutMilliseconds: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const response = await fetch(endpoint, { method: 'POST', headers, body: '{"Limit":1}', signal });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && ('TableNames' in body || '__type' in body);
  } catch {
    return false;
  }
}
