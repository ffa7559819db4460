// @ts-check
/** @import { State } from './types.js' */
import { accept, newRound, play, reveal } from './actions.js'
import { get, set } from './store.js'
import { TypeAhead } from './typeahead.js'
import { may } from './words.js'

const ahead = new TypeAhead()

/** The shortcuts of the table. They rest while somebody types or a dialog is open. @param {KeyboardEvent} e */
export function onKey(e) {
  const state = get()
  if (e.ctrlKey || e.metaKey || e.altKey || state.dialog || isTyping(e.target)) return
  if (state.room?.phase !== 'seated') return
  if (e.key === 'ArrowLeft' || e.key === 'ArrowRight') return handled(e, () => moveAlong(e.key === 'ArrowRight' ? 1 : -1))
  const cards = state.room.session?.deck.cards ?? []
  const action = [...e.key].length > 1 || ahead.goes(e.key, cards, Date.now()) ? null : keysOfRound(state)[e.key.toLowerCase()]
  if (action) return handled(e, e.repeat ? () => {} : action) // a key that is held down is one press
  if ([...e.key].length > 1 || e.key === ' ') return
  const { card, used } = ahead.type(e.key, cards, Date.now())
  if (used) handled(e, () => { if (card !== null && !e.repeat) play(card) })
  else if (/^[?h]$/i.test(e.key)) handled(e, () => set({ dialog: { kind: 'help' } })) // of a deck with such a card, the other key helps
}

/** @param {KeyboardEvent} e @param {() => void} what */
function handled(e, what) {
  e.preventDefault()
  what()
}

/** @param {EventTarget|null} target */
const isTyping = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** What I may do in the round, by its key. It goes before a card that begins so, unless that is being typed; the arrows reach such a card, too. @param {State} state @returns {Record<string, () => void>} */
function keysOfRound({ room }) {
  if (!room) return {}
  const status = room.session?.status
  return { ...(status === 'voting' && may(room, 'reveal') ? { r: reveal } : {}), ...(status === 'results' && may(room, 'accept') ? { a: accept } : {}), ...(may(room, 'start') ? { n: newRound } : {}) }
}

/** @param {1|-1} step */
function moveAlong(step) {
  const cards = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll('.hand .card:not(:disabled)')])
  const at = cards.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement))
  const start = cards.findIndex((c) => c.getAttribute('aria-pressed') === 'true')
  const next = at < 0 ? (start < 0 ? (step > 0 ? 0 : cards.length - 1) : start) : (at + step + cards.length) % cards.length
  cards[next]?.focus()
}

/** What there is to do in a round changes under the mouse and the finger, and a card that is pressed again is taken back: the second click of a double click, and a key that is held down, mean what the first one did. @param {MouseEvent|KeyboardEvent} e */
export function once(e) {
  const again = e instanceof KeyboardEvent ? e.repeat && e.key === 'Enter' : e.detail > 1
  if (!again || !(e.target instanceof Element) || !e.target.closest('.centre, .do, .hand') || !e.target.closest('button, #topic')) return
  e.preventDefault()
  e.stopPropagation()
}
