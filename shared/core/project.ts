const PROJECT_ID = /^[\w-]{1,64}$/;

/** Is it a project's id that may go into a path? Its form is checked no further than that needs. */
export function isProjectId(text: string): boolean {
  return PROJECT_ID.test(text);
}
