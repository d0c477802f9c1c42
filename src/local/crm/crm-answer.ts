/** What the CRM answers; a body is sent as JSON, or as it is when it is text. */
export interface CrmAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** An error in the form of Salesforce's REST API. */
export const complaint = (
  status: number,
  errorCode: string,
  message: string,
  fields?: readonly string[],
): CrmAnswer => ({ status, body: [{ message, errorCode, ...(fields && { fields }) }] });

export const notFound = (message = 'The requested resource does not exist'): CrmAnswer =>
  complaint(404, 'NOT_FOUND', message);
