/**
 * An answer that refuses. Thrown by checks and handlers, turned into a response in one place.
 *
 * Services and the gateway before them have different bodies (dew-api.md 4.1):
 * `{"error":{"error_code","error_msg"}}` and the flat `{"error_code","error_msg","request_id"}`.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly sender: "service" | "gateway";
  readonly headers: { readonly [name: string]: string };

  constructor(
    sender: "service" | "gateway",
    { status, message }: ErrorRow,
    code: string,
    detail = "",
    headers: { readonly [name: string]: string } = {},
  ) {
    super(detail === "" ? message : `${message} ${detail}`);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.sender = sender;
    this.headers = headers;
  }
}

/** One error of a service: its HTTP status and the text that goes with its code. */
export type ErrorRow = { readonly status: number; readonly message: string };
export type ErrorTable = { readonly [code: string]: ErrorRow };

/** Makes the function that refuses with a code of this table; `detail` follows the code's own text. */
export function refusalsOf<Table extends ErrorTable>(sender: "service" | "gateway", table: Table) {
  return (code: keyof Table & string, detail = ""): Refusal =>
    new Refusal(sender, table[code] ?? { status: 500, message: "Internal error." }, code, detail);
}

/** The body of a refusal, in the shape of its sender. */
export function refusalBody(refusal: Refusal, requestId: string): object {
  const fields = { error_code: refusal.code, error_msg: refusal.message };
  return refusal.sender === "service" ? { error: fields } : { ...fields, request_id: requestId };
}
