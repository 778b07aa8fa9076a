// What the modules of the three clients share: taking a body's type out of a request's type, and closing what is open.

/** The body's part of a request: without what goes into the URL, and without the client's own escape hatches. */
export type Body<Request, InUrl extends string> = Omit<
  Request,
  InUrl | "body" | "querystring" | "master_timeout" | "timeout" | "error_trace" | "filter_path" | "human" | "pretty"
>;

/** A type without its index signature: a misspelt key is an error again. */
export type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] };

/** A type with the type of one key replaced. */
export type With<T, Key extends keyof T, Value> = Omit<T, Key> & { [K in Key]?: Value };
