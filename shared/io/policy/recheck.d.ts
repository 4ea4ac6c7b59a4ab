/** The checker without its workers and native parts, all of it in plain JavaScript. */
declare module "recheck/lib/browser.js" {
  type Recheck = typeof import("recheck");
  /** Where the module came through a bundler, or through a loader that reads its exports. */
  export const checkSync: Recheck["checkSync"] | undefined;
  /** Where Node loads the CommonJS module as it is. */
  const whole: Pick<Recheck, "checkSync"> | undefined;
  export default whole;
}
