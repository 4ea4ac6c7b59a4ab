import { FIELDS, type Field } from "../facts.ts";
import type { JsonObject } from "../json-value.ts";
import type { ResourceType } from "../resource.ts";
import { parseTime, toIsoTime } from "../time.ts";

/** Which field of a description says what. */
export type FieldNames = {
  readonly texts: ReadonlyMap<Field, string>;
  readonly createdAt: string;
  /** Fields that no resource of the kind has. */
  readonly never: ReadonlySet<Field>;
};

/** What a list tells of one resource; `detail` is `null` where it has no description. */
export type Told = {
  readonly type: ResourceType;
  readonly id: string;
  readonly name: string | null;
  readonly detail: JsonObject | null;
  readonly region: string | null;
  readonly project: string | null;
};

/** The fields of one resource of a list, each read when it is asked for: of most nobody asks for any. */
export class ItemFields implements ReadonlyMap<Field, string | null> {
  readonly #told: Told;
  readonly #names: FieldNames;

  constructor(told: Told, names: FieldNames) {
    this.#told = told;
    this.#names = names;
  }

  get(field: Field): string | null | undefined {
    const { type, id, name, detail, region, project } = this.#told;
    switch (field) {
      case "resource.type":
        return type;
      case "resource.id":
        return id;
      case "region":
        return region;
      case "project":
        return project;
      case "resource.name":
        return name === null && detail === null ? undefined : name;
      case "resource.createdAt":
        return detail === null ? undefined : timeIn(detail[this.#names.createdAt]);
      default:
        return this.#described(field);
    }
  }

  #described(field: Field): string | null | undefined {
    const { texts, never } = this.#names;
    if (never.has(field)) return null;
    const { detail } = this.#told;
    const name = texts.get(field);
    return detail === null || name === undefined ? undefined : textIn(detail[name]);
  }

  has(field: Field): boolean {
    return this.get(field) !== undefined;
  }

  get size(): number {
    return [...this].length;
  }

  *entries(): MapIterator<[Field, string | null]> {
    for (const field of FIELDS) {
      const value = this.get(field);
      if (value !== undefined) yield [field, value];
    }
    return undefined;
  }

  [Symbol.iterator](): MapIterator<[Field, string | null]> {
    return this.entries();
  }

  *keys(): MapIterator<Field> {
    for (const [field] of this) yield field;
    return undefined;
  }

  *values(): MapIterator<string | null> {
    for (const [, value] of this) yield value;
    return undefined;
  }

  forEach(
    visit: (value: string | null, field: Field, all: ReadonlyMap<Field, string | null>) => void,
  ): void {
    for (const [field, value] of this) visit(value, field, this);
  }
}

/** A text that is not empty; `null` for anything else. */
export function textIn(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function timeIn(value: unknown): string | null {
  const ms = parseTime(value);
  return ms === null ? null : toIsoTime(ms);
}
