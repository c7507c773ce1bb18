/** An error as the server worded it: a translated sentence with the remedy, and a code for us. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'Problem';
  }
}

interface FailedResponse {
  readonly response?: {
    readonly status?: number;
    readonly data?: { readonly errors?: readonly { readonly code?: string; readonly message?: string }[] };
  };
}

/** Asks by a body, since it may be long, and changes nothing. */
const READING_BY_POST = 'emailThreads:search';

/** True for a request that changes nothing: nobody needs to look whether it was done. */
export function isReading({ url, method }: { readonly url?: string; readonly method?: string }): boolean {
  return method?.toLowerCase() === 'get' || url === READING_BY_POST;
}

/**
 * Anything that a request rejected with, as a Problem; without an answer it is the connection.
 * @param wasReading nothing was to be changed, so it can simply be tried again
 */
export function toProblem(error: unknown, wasReading = false): Problem {
  if (error instanceof Problem) return error;
  const { response } = (error ?? {}) as FailedResponse;
  if (!response) return noAnswer(wasReading);
  const [first] = response.data?.errors ?? [];
  const code = first?.code ?? 'EMAIL_UNEXPECTED';
  // A proxy's or the host's own text about a fault of the server helps nobody; ours come with a code.
  const isForPeople = code.startsWith('EMAIL_') || (response.status ?? 0) < 500;
  return first?.message && isForPeople ? new Problem(code, first.message) : new Problem('EMAIL_UNEXPECTED', '');
}

const noAnswer = (wasReading: boolean): Problem =>
  new Problem(wasReading ? 'EMAIL_NO_ANSWER_TO_READ' : 'EMAIL_NO_ANSWER', '');

/** What a person reads: the server's own sentence, or ours where no answer came or none that we understand. */
export function sentenceOf(error: unknown, t: (key: string) => string): string {
  const { code, message } = toProblem(error);
  return message || t(code);
}

/** Errors of a download come as a Blob like the file itself; read, they are errors like all others. */
export async function withReadBody(error: unknown): Promise<unknown> {
  const { response } = (error ?? {}) as { response?: { data?: unknown } };
  if (!response || typeof Blob === 'undefined' || !(response.data instanceof Blob)) return error;
  const text = await response.data.text();
  try {
    return { response: { ...response, data: JSON.parse(text) as unknown } };
  } catch {
    return { response: { ...response, data: undefined } };
  }
}
