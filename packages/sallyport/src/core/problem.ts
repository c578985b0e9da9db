const errorsPage = "https://github.com/sallyport/sallyport/blob/main/docs/errors.md";

/** An RFC 9457 problem document, with the plans' member names beside the standard ones. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /** A fixed public sentence; never a cause. */
  detail?: string;
  error_code: string;
  /** The same text as `title`. */
  message: string;
  request_id: string;
}

export interface ProblemKind {
  code: string;
  status: number;
  title: string;
  detail?: string;
}

/** Makes the body of an error answer, `application/problem+json`, in the one shape every error has. */
export function createProblem(kind: ProblemKind, requestId: string): Problem {
  return {
    type: `${errorsPage}#${kind.code}`,
    title: kind.title,
    status: kind.status,
    ...(kind.detail === undefined ? {} : { detail: kind.detail }),
    error_code: kind.code,
    message: kind.title,
    request_id: requestId,
  };
}
