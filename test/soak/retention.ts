/** Prefixes that only infra/store.tf bounds, which a test compares; hours stand for its days, as no day passes here. */
export const RETAINED = ["runs", "audits", "failures", "dead-letters"] as const;

/** Prefixes whose files go by themselves; the bucket's rules are for what is left of a crash. */
export const PASSING = ["active", "waiting", "claims"] as const;
