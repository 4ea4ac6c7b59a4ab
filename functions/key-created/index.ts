import { connect } from "../../shared/io/connect.ts";
import { isLost, tagCreated } from "../../shared/io/creation.ts";
import { type Deps, defineFunction } from "../../shared/io/function.ts";

/**
 * Tags a KMS key just after it was created, as the policy says. Default keys cannot be tagged.
 *
 * Trigger: CTS, EventGrid, or a CTS notification through SMN. Assume that a trace comes twice, late,
 * or after the key is gone.
 * Safe to repeat: the second run reads what the first one wrote and plans nothing.
 * Throws on: an event that is not a trace, a failure that outlived its retries, and a deadline that
 * came first.
 */
export const tagKey = (event: unknown, deps: Deps) => tagCreated("key", event, deps);

export const handler = defineFunction("key-created", { isLost, useCase: tagKey, connect });
