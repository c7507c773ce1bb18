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
    readonly data?: { readonly errors?: readonly { readonly code?: string; readonly message?: string }[] };
  };
  readonly message?: string;
}

/** Anything that a request rejected with, as a Problem; without an answer it is the connection. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { response, message } = (error ?? {}) as FailedResponse;
  const [first] = response?.data?.errors ?? [];
  if (first?.message) return new Problem(first.code ?? 'EMAIL_UNEXPECTED', first.message);
  return new Problem(response ? 'EMAIL_UNEXPECTED' : 'OFFLINE', message ?? '');
}
