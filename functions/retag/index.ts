import { defineFunction } from "../../shared/io/function.ts";
import { connectRetag } from "../../shared/io/run/connect.ts";
import { isUnplaced, retag } from "../../shared/io/run/retag.ts";

/**
 * Carries out bulk retagging that comes through a queue: runs, slices of plans, jobs, single tag actions.
 *
 * Trigger: Kafka, RocketMQ, RabbitMQ, SMN, an EventGrid stream, or a direct asynchronous call. Assume that
 * a message comes twice, late, and together with others.
 * Safe to repeat: each resource is read before it is written, and a run goes on where its journal ends.
 * Throws on: what could neither be finished, published again, nor kept as a dead letter.
 */
export const handler = defineFunction("retag", {
  isLost: isUnplaced,
  useCase: retag,
  connect: connectRetag,
});
