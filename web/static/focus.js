// @ts-check
/** How long an element may take to appear, in milliseconds. */
const PATIENCE = 5_000

let wanted = ''
let until = 0

/** The focus goes to the element as soon as it stands on the page, unless somebody types elsewhere by then. @param {string} selector */
export function wantFocus(selector) {
  wanted = selector
  until = Date.now() + PATIENCE
}

/** Gives the focus that is wanted; called after each drawing. */
export function giveFocus() {
  if (!wanted) return
  const element = /** @type {HTMLElement|null} */ (document.querySelector(wanted))
  if (!element && Date.now() < until) return
  wanted = ''
  if (element && !document.activeElement?.matches('input:not([type=radio]), textarea')) element.focus()
}
