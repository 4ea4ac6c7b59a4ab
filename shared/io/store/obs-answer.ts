import { parseXml, type XmlElement } from "@rgrove/parse-xml";
import { requestIdIn } from "../../core/answer.ts";

/** One page of a list of objects. Keys are whole, with the store's prefix. */
export type ObjectPage = {
  readonly keys: readonly string[];
  /** Beginnings of keys up to a delimiter; empty where none was asked for. */
  readonly commonPrefixes: readonly string[];
  /** Where the next page begins; `null` after the last one. */
  readonly nextMarker: string | null;
};

/**
 * Reads an error's body: `<Error><Code/><RequestId/>…` (api-obs obs_04_0115). HTML, an empty body or
 * anything else gives empty texts. Messages are not read: codes are matched, text never is.
 */
export function parseObsFailure(body: string): { serviceCode: string; requestId: string } {
  const error = rootOf(body, "Error");
  if (error === null) return { serviceCode: "", requestId: "" };
  const code = textOf(error, "Code") ?? "";
  return {
    serviceCode: /^[A-Za-z]{2,64}$/.test(code) ? code : "",
    requestId: requestIdIn(textOf(error, "RequestId") ?? ""),
  };
}

/**
 * Reads a page of ListObjects (api-obs obs_04_0022). `null` where it is none, is cut off, or lacks what
 * shows whether more follows: a list that may be incomplete is no list.
 *
 * A page that goes on should say where (`NextMarker`). Where it does not, its last name is taken, which
 * is how services of this kind mean it. Keys are decoded only where the answer says that it encoded them.
 */
export function parseObjectPage(body: string): ObjectPage | null {
  const page = rootOf(body, "ListBucketResult");
  const truncated = page === null ? null : textOf(page, "IsTruncated");
  if (page === null || !(truncated === "true" || truncated === "false")) return null;
  const decode = textOf(page, "EncodingType") === "url" ? decodeForm : (text: string) => text;
  try {
    const keys = textsOf(page, "Contents", "Key").map(decode);
    const commonPrefixes = textsOf(page, "CommonPrefixes", "Prefix").map(decode);
    if (truncated === "false") return { keys, commonPrefixes, nextMarker: null };
    const marker = textOf(page, "NextMarker");
    const nextMarker = marker ? decode(marker) : lastOf([...keys, ...commonPrefixes]);
    return nextMarker === null ? null : { keys, commonPrefixes, nextMarker };
  } catch (error) {
    if (error instanceof URIError || error instanceof MissingElement) return null;
    throw error;
  }
}

class MissingElement extends Error {}

function lastOf(names: readonly string[]): string | null {
  return names.reduce<string | null>(
    (last, name) => (last !== null && last > name ? last : name),
    null,
  );
}

/** As forms are encoded: a `+` that stands for itself comes as `%2B`. */
function decodeForm(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** The root of a well-formed document that has this name. */
function rootOf(body: string, name: string): XmlElement | null {
  try {
    const { root } = parseXml(body);
    return root?.name === name ? root : null;
  } catch {
    return null; // the parser throws nothing but what is wrong with the text
  }
}

function childrenOf(parent: XmlElement, name: string): readonly XmlElement[] {
  return parent.children.filter(
    (child): child is XmlElement =>
      child.type === "element" && "name" in child && child.name === name,
  );
}

function textOf(parent: XmlElement, name: string): string | null {
  return childrenOf(parent, name)[0]?.text ?? null;
}

/** The text of `inner` in each `outer`; a row without it is not one that can be read. */
function textsOf(parent: XmlElement, outer: string, inner: string): readonly string[] {
  return childrenOf(parent, outer).map((row) => {
    const text = textOf(row, inner);
    if (text === null) throw new MissingElement();
    return text;
  });
}
