/** Texts that are held at most; a resource's own names and times would fill any memory. */
const TEXTS_MAX = 10_000;

/** The function, remembering its answers for the texts that it met first. */
export function remember<Answer extends string | boolean | null>(
  answer: (text: string) => Answer,
): (text: string) => Answer {
  const known = new Map<string, Answer>();
  return (text) => {
    const met = known.get(text);
    if (met !== undefined) return met;
    const found = answer(text);
    if (known.size < TEXTS_MAX) known.set(text, found);
    return found;
  };
}

/** As `remember`, for answers about two texts. */
export function rememberPairs<Answer extends object>(
  answer: (one: string, other: string) => Answer,
): (one: string, other: string) => Answer {
  const known = new Map<string, Map<string, Answer>>();
  let held = 0;
  return (one, other) => {
    const answers = known.get(one);
    const met = answers?.get(other);
    if (met !== undefined) return met;
    const found = answer(one, other);
    if (held === TEXTS_MAX) return found;
    held += 1;
    if (answers === undefined) known.set(one, new Map([[other, found]]));
    else answers.set(other, found);
    return found;
  };
}

/** The function, asked at most once. */
export function once<Answer>(answer: () => Answer): () => Answer {
  let known: { readonly answer: Answer } | null = null;
  return () => {
    known ??= { answer: answer() };
    return known.answer;
  };
}
