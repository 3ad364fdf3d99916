export const pageTitleId = 'page-title';

/** Where the focus goes when what had it is gone from the page for good. */
export function focusPageTitle(): void {
  document.getElementById(pageTitleId)?.focus();
}
