// @ts-check
import { set } from './store.js'

/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer

/**
 * Copies, and says on the button whether that worked; if not, what was to be copied is selected, so that a key does it.
 * Pages whose address is neither https nor localhost have no clipboard, but the older command.
 * @param {'link'|'rounds'|'markdown'|'table'|'seat'} what @param {string} text @param {string} selector of the element that shows it @param {string} [html] the same for those who take it
 */
export async function copy(what, text, selector, html) {
  const written = await byClipboard(text, html)
  if (!document.querySelector(selector)) return // what showed it has been left since
  const ok = written || byCommand(text, selector, html)
  if (!ok) select(selector)
  clearTimeout(timer)
  set({ copied: { what, ok } })
  if (ok) timer = setTimeout(() => set({ copied: null }), 4000)
}

/** @param {string} text @param {string} [html] */
async function byClipboard(text, html) {
  try {
    if (html) await navigator.clipboard.write([new ClipboardItem({ 'text/plain': new Blob([text], { type: 'text/plain' }), 'text/html': new Blob([html], { type: 'text/html' }) })])
    else await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/** @param {string} text @param {string} selector @param {string} [html] */
function byCommand(text, selector, html) {
  let taken = false
  const put = (/** @type {ClipboardEvent} */ e) => {
    e.clipboardData?.setData('text/plain', text)
    if (html) e.clipboardData?.setData('text/html', html)
    taken = !!e.clipboardData
    e.preventDefault()
  }
  const before = document.activeElement
  select(selector)
  document.addEventListener('copy', put, { capture: true, once: true })
  const done = document.execCommand('copy') && taken
  document.removeEventListener('copy', put, { capture: true })
  if (done && before instanceof HTMLElement) before.focus()
  return done
}

/** @param {string} selector */
function select(selector) {
  const element = document.querySelector(selector)
  if (element instanceof HTMLInputElement) {
    element.focus()
    element.select()
  } else if (element) getSelection()?.selectAllChildren(element)
}

/** What copies what is selected. */
export const COPY_KEYS = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘C' : 'Ctrl+C'
