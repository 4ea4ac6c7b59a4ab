import type { AuditReport } from "../audit/audit-report.ts";
import { inChunks } from "./chunk.ts";
import { csvPieces } from "./csv.ts";
import { htmlPieces } from "./html/page.ts";
import { jsonPieces } from "./json.ts";
import { junitPieces } from "./junit.ts";
import { markdownPieces } from "./markdown.ts";
import { type PolicyPlace, sarifPieces } from "./sarif.ts";

/** Names of the outputs, as `--out <name>=<file>` takes them. */
export const FORMAT_NAMES = ["json", "csv", "html", "md", "sarif", "junit"] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** One output of an audit. */
export type Format = {
  /** Name of the file in an audit's folder of the run store. */
  readonly file: string;
  readonly mediaType: string;
  /**
   * The whole output, in chunks of some 64,000 characters; no more than one is held at a time, and none ends
   * inside a character. `policy` is for outputs that point at rules.
   */
  readonly render: (report: AuditReport, policy?: PolicyPlace) => Iterable<string>;
};

/** One row for each output. */
export const FORMATS: { readonly [Name in FormatName]: Format } = {
  json: {
    file: "report.json",
    mediaType: "application/json",
    render: (report) => inChunks(jsonPieces(report)),
  },
  csv: {
    file: "report.csv",
    mediaType: "text/csv; charset=utf-8",
    render: (report) => inChunks(csvPieces(report)),
  },
  html: {
    file: "report.html",
    mediaType: "text/html; charset=utf-8",
    render: (report) => inChunks(htmlPieces(report)),
  },
  md: {
    file: "report.md",
    mediaType: "text/markdown; charset=utf-8",
    render: (report) => inChunks(markdownPieces(report)),
  },
  sarif: {
    file: "report.sarif",
    mediaType: "application/sarif+json",
    render: (report, policy) => inChunks(sarifPieces(report, policy)),
  },
  junit: {
    file: "report.junit.xml",
    mediaType: "application/xml",
    render: (report) => inChunks(junitPieces(report)),
  },
};
