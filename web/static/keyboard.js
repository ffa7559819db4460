// @ts-check
/** @import { State } from './types.js' */
import { accept, newRound, play, reveal } from './actions.js'
import { get, set } from './store.js'
import { cardKey, iAmMaster } from './words.js'

let typed = ''
let typedAt = 0

/** The shortcuts of the table. They rest while somebody types or a dialog is open. @param {KeyboardEvent} e */
export function onKey(e) {
  const state = get()
  if (e.ctrlKey || e.metaKey || e.altKey || state.dialog || isTyping(e.target)) return
  if (state.room?.phase !== 'seated') return
  if (e.key === '?') return handled(e, () => set({ dialog: { kind: 'help' } }))
  if (e.key === 'ArrowLeft' || e.key === 'ArrowRight') return handled(e, () => moveAlong(e.key === 'ArrowRight' ? 1 : -1))
  const action = masterKeys(state)[e.key.toLowerCase()]
  if (action) return handled(e, action)
  const card = cardFor(e.key.toUpperCase(), state)
  if (card) handled(e, () => play(card))
}

/** @param {KeyboardEvent} e @param {() => void} what */
function handled(e, what) {
  e.preventDefault()
  what()
}

/** @param {EventTarget|null} target */
const isTyping = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** @param {State} state @returns {Record<string, () => void>} */
function masterKeys({ room }) {
  if (!room || !iAmMaster(room)) return {}
  const status = room.session?.status
  return { ...(status === 'voting' ? { r: reveal } : {}), ...(status === 'results' ? { a: accept } : {}), n: newRound }
}

/**
 * The card that a key names. Cards of two digits are typed one after the other: 1 chooses 1, a 3 soon after makes it 13.
 * @param {string} key @param {State} state
 */
function cardFor(key, { room, now }) {
  const cards = room?.session?.deck.cards ?? []
  const find = (/** @type {string} */ keys) => cards.find((c) => cardKey(c.value) === keys)?.value
  const soon = Date.now() - typedAt < 700
  typedAt = Date.now()
  const longer = soon ? find(typed + key) : undefined
  typed = longer ? typed + key : key
  return longer ?? find(key)
}

/** @param {1|-1} step */
function moveAlong(step) {
  const cards = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll('.hand .card:not(:disabled)')])
  const at = cards.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement))
  const start = cards.findIndex((c) => c.getAttribute('aria-pressed') === 'true')
  const next = at < 0 ? (start < 0 ? (step > 0 ? 0 : cards.length - 1) : start) : (at + step + cards.length) % cards.length
  cards[next]?.focus()
}
