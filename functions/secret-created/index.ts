import { connect } from "../../shared/io/connect.ts";
import { isLost, tagCreated } from "../../shared/io/creation.ts";
import { type Deps, defineFunction } from "../../shared/io/function.ts";

/**
 * Tags a CSMS secret just after it was created or restored, as the policy says.
 *
 * Trigger: CTS, EventGrid, or a CTS notification through SMN. Assume that a trace comes twice, late,
 * or after the secret is gone.
 * Safe to repeat: the second run reads what the first one wrote and plans nothing.
 * Throws on: an event that is not a trace, a failure that outlived its retries, and a deadline that
 * came first.
 */
export const tagSecret = (event: unknown, deps: Deps) => tagCreated("secret", event, deps);

export const handler = defineFunction("secret-created", { isLost, useCase: tagSecret, connect });
