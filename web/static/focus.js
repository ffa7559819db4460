// @ts-check
/** How long an element may take to appear, and others may take its place, in milliseconds. */
const PATIENCE = 5_000

let wanted = ''
let until = 0
/** What had the focus when another one was wanted, and then what it was given to. @type {Element|null} */
let from = null

/** The focus goes to the element as soon as it stands on the page and can be used, and to what takes its place in the next moments, unless somebody types elsewhere by then, or has gone on to something else. @param {string} selector */
export function wantFocus(selector) {
  wanted = selector
  until = Date.now() + PATIENCE
  from = document.activeElement
}

/** Gives the focus that is wanted; called after each drawing. */
export function giveFocus() {
  if (!wanted) return
  const element = /** @type {HTMLElement|null} */ (document.querySelector(`:is(${wanted}):not(:disabled)`))
  const now = document.activeElement
  if (now !== from && now?.matches('input:not([type=radio]), textarea') || element && wentOn(now, element)) wanted = ''
  else if (element && now !== element) {
    element.focus()
    from = element
  }
  if (Date.now() >= until) wanted = ''
}

/** Whether somebody has gone on to something else where the element stands. A dialog that has opened, or closed, since took the focus by itself; so did a heading. @param {Element|null} now @param {Element} element */
function wentOn(now, element) {
  const layer = element.closest('dialog')
  return !!now && now !== document.body && now !== from && now !== element && !now.matches('h1, h2') && now.closest('dialog') === layer && from?.closest('dialog') === layer
}
