/** Prefixes that only infra/store.tf bounds, which a test compares; hours stand for its days, as no day passes here. */
export const RETAINED = ["runs", "audits", "failures", "dead-letters"] as const;

/**
 * Prefixes whose files go by themselves, with the most that may be there while nothing works: the bucket's rules
 * are for what a crash leaves. Plans that wait for a person stay: one that was cut off beside the one that counts.
 */
export const PASSING = { active: 0, waiting: 2, claims: 0 } as const;
