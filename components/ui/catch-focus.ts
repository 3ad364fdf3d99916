/** For the `ref` of what opens beside what was pressed: takes the focus at its first drawing. */
export function takeFocus(place: HTMLElement | null): void {
  place?.focus({ preventScroll: true });
}

/** For the `ref` of what comes in the place of what had the focus: takes it, at its first drawing, where it would fall to the page. */
export function catchFocus(place: HTMLElement | null): void {
  const { activeElement } = document;
  if (place !== null && (activeElement === null || activeElement === document.body))
    place.focus({ preventScroll: true });
}
