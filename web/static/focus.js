// @ts-check
/** How long an element may take to appear, in milliseconds. */
const PATIENCE = 5_000

let wanted = ''
let until = 0
/** What had the focus when another one was wanted. @type {Element|null} */
let from = null

/** The focus goes to the element as soon as it stands on the page, unless somebody types elsewhere by then, or has gone on to something else. @param {string} selector */
export function wantFocus(selector) {
  wanted = selector
  until = Date.now() + PATIENCE
  from = document.activeElement
}

/** Gives the focus that is wanted; called after each drawing. */
export function giveFocus() {
  if (!wanted) return
  const element = /** @type {HTMLElement|null} */ (document.querySelector(wanted))
  if (!element && Date.now() < until) return
  wanted = ''
  const now = document.activeElement
  if (element && !now?.matches('input:not([type=radio]), textarea') && !wentOn(now, element)) element.focus()
}

/** Whether somebody has gone on to something else where the element stands. A dialog that has opened, or closed, since took the focus by itself. @param {Element|null} now @param {Element} element */
function wentOn(now, element) {
  const layer = element.closest('dialog')
  return !!now && now !== document.body && now !== from && now.closest('dialog') === layer && from?.closest('dialog') === layer
}
