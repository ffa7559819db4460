// @ts-check
/** @import { State } from './types.js' */

/** @type {State} */
let state
/** @type {(s: State) => void} */
let draw = () => {}
let due = false

/** The state of the page. It is replaced, never changed. */
export const get = () => state

/** @param {State} initial @param {(s: State) => void} render */
export function begin(initial, render) {
  state = initial
  draw = render
  set({})
}

/** Replaces parts of the state; the page is drawn once, after everything that happens now. @param {Partial<State>} part */
export function set(part) {
  state = { ...state, now: Date.now(), ...part }
  if (due) return
  due = true
  queueMicrotask(() => {
    due = false
    draw(state)
  })
}

/** Closes a dialog, unless it is not open any more: an answer may come when another one is. @param {State['dialog']} dialog @param {State['dialog']} [next] what comes in its place */
export function shut(dialog, next = null) {
  if (dialog && state.dialog === dialog) set({ dialog: next })
}

/** Replaces parts of the room that is shown; nothing if another one is shown by now. @param {string} id @param {Partial<import('./types.js').Room>} part */
export function setRoom(id, part) {
  if (state.room?.id === id) set({ room: { ...state.room, ...part } })
}
