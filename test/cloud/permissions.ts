/**
 * What agencies are allowed: documents of IAM as far as ours go. A denial beats what allows; actions and resources
 * may have `*`; of conditions there is `ForAnyValue:StringNotEquals` over `g:TagKeys` (the keys of a request,
 * usermanual-iam5 iam_01_1229), which does not hold where a request has no keys (not established). A statement
 * that names resources says nothing about a request of which no resource is known here.
 */
export type Statement = {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: {
    readonly [operator: string]: { readonly [key: string]: readonly string[] };
  };
};

export type Document = { readonly Statement: readonly Statement[] };

/** What a request asks for. */
export type Ask = {
  /** Actions, each of which permits it: those of both generations. None where none is published. */
  readonly actions: readonly string[];
  readonly resource?: string;
  /** Keys of the tags that it writes or deletes. */
  readonly tagKeys?: readonly string[];
};

/** The first of the asked actions that documents allow; `undefined` where they allow none, or deny one. */
export function allowedAction(documents: readonly Document[], ask: Ask): string | undefined {
  const statements = documents.flatMap(({ Statement }) => Statement);
  const says = (effect: Statement["Effect"], action: string) =>
    statements.some(
      (statement) =>
        statement.Effect === effect &&
        statement.Action.some((pattern) => fits(pattern, action)) &&
        isMeant(statement, ask) &&
        holds(statement, ask),
    );
  if (ask.actions.some((action) => says("Deny", action))) return undefined;
  return ask.actions.find((action) => says("Allow", action));
}

function isMeant({ Resource }: Statement, { resource }: Ask): boolean {
  if (Resource === undefined) return true;
  return resource !== undefined && Resource.some((pattern) => fits(pattern, resource));
}

function holds({ Condition = {} }: Statement, { tagKeys = [] }: Ask): boolean {
  return Object.entries(Condition).every(([operator, keys]) => {
    const named = keys["g:TagKeys"];
    if (operator !== "ForAnyValue:StringNotEquals" || named === undefined)
      throw new Error(`the local cloud does not know the condition ${operator}`);
    return tagKeys.some((key) => !named.includes(key));
  });
}

/** `*` is any run of characters; case does not matter (usermanual-iam iam_01_0019). */
function fits(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.?+^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(text);
}
