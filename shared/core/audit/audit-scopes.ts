import * as z from "zod/mini";
import { atLeast } from "../length.ts";

/**
 * Regions and projects that one audit covers beside each other, as a file beside the policy
 * (`scopes.yaml` or `scopes.json`); without it an audit covers the project in which it runs.
 */
export const auditScopesSchema = z.strictObject({
  version: z.literal(1).check(z.describe("Version of this form.")),
  scopes: z
    .array(
      z.strictObject({
        region: z
          .string()
          .check(z.regex(/^[a-z]{2,}(-[a-z0-9]+)+$/), z.describe("Region, such as eu-west-101.")),
        project: z
          .string()
          .check(z.regex(/^[\w-]{1,64}$/), z.describe("Id of the region's project.")),
        endpoint: z.exactOptional(
          z
            .string()
            .check(z.describe("Origin that serves KMS and CSMS, where it is not the usual.")),
        ),
      }),
    )
    .check(atLeast(1)),
});
export type AuditScopes = z.infer<typeof auditScopesSchema>;

/** What is wrong with a file of scopes: the place and nothing of its values; `null`: nothing is. */
export function problemOfScopes(value: unknown): string | null {
  const parsed = auditScopesSchema.safeParse(value);
  if (parsed.success) return null;
  const [issue] = parsed.error.issues;
  const at = issue?.path.join(".") || "the file";
  return `${at}: expected { version: 1, scopes: [{ region, project, endpoint? }] }`;
}
