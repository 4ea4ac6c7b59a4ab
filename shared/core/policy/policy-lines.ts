/** Lines, from 1, of a policy file: what the compiled policy does not know any more. */
export type PolicyLines = {
  /** By rule id: where the check of a tag, or the conditional rule, is declared. */
  readonly rules: ReadonlyMap<string, number>;
  /** By tag key. */
  readonly tags: ReadonlyMap<string, number>;
  /** By exemption id. */
  readonly exemptions: ReadonlyMap<string, number>;
  /** By path as findings name it (`selectors.prod`, `tags.Owner.applies`): parts that pick resources. */
  readonly parts: ReadonlyMap<string, number>;
};

/** Nothing is known of the file. */
export const NO_LINES: PolicyLines = {
  rules: new Map(),
  tags: new Map(),
  exemptions: new Map(),
  parts: new Map(),
};
