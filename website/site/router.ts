/** A page, and what is asked of it: all that is shown can be shared by its address. */
export interface Route {
  readonly page: string;
  readonly params: URLSearchParams;
}

/** The route of the address: `#/journeys?event=churn`. */
export function currentRoute(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { page: path, params: new URLSearchParams(query) };
}

/** The address of a page. */
export function hrefOf(page: string, params: Record<string, string> | URLSearchParams = {}): string {
  const query = new URLSearchParams(params).toString();
  return `#/${page}${query === '' ? '' : `?${query}`}`;
}

/** Goes to a page; the browser's back button comes back. */
export function navigate(page: string, params: Record<string, string> | URLSearchParams = {}): void {
  location.hash = hrefOf(page, params);
}

/** Says in the address what the page shows now, without a step in the browser's history. */
export function replaceParams(params: Record<string, string> | URLSearchParams): void {
  history.replaceState(null, '', hrefOf(currentRoute().page, params));
}
