/** One field or fact that a request was refused for (A6). */
export interface StatusCause {
  readonly reason: string;
  readonly field?: string;
  readonly message: string;
}

export interface StatusDetails {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** How the API answers a request that failed; also how deletes of most kinds succeed (A4, A57). */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string };
  readonly status: 'Success' | 'Failure';
  readonly message: string;
  readonly reason: string;
  readonly code: number;
  readonly details?: StatusDetails;
}
