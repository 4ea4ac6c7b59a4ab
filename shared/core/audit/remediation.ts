/** What is done with fixable findings: nothing, a plan that waits for a person, or a run. */
export const REMEDIATIONS = ["off", "plan", "apply"] as const;
export type Remediation = (typeof REMEDIATIONS)[number];
