// @ts-check
/** @import { State } from '../types.js' */
import { html, nothing, render } from '../vendor/lit-html.js'
import { giveFocus } from '../focus.js'
import { lazily } from '../lazy.js'
import { watchForSuccessor } from '../successor.js'
import { title } from '../title.js'
import { header, notices } from './frame.js'
import { home, join } from './arriving.js'
import { loading, over } from './over.js'
import { table } from './table.js'
import { watchTopic } from './topic.js'

let screen = ''

/** The dialogs come when they are first needed, or when there is time for it, at the table; so do the sounds. What a team takes home comes when it is asked for. */
const fetchDialogs = lazily(() => import('./dialogs.js'))
const fetchSounds = lazily(() => import('../sounds.js'))
const fetchSummary = lazily(() => import('./summary.js'))
/** @type {ReturnType<typeof fetchDialogs>} */
let dialogs = null

/** @param {State} state */
function fetchLater({ dialog, room }) {
  if (room?.phase === 'seated') fetchSounds()
  if (dialog || room?.phase === 'seated') dialogs = fetchDialogs()
}

/** Puts the state onto the page. @param {State} state */
export function draw(state) {
  fetchLater(state)
  const hand = document.activeElement?.closest('.hand') ? document.activeElement.getAttribute('data-card') : null
  const seated = state.route.name === 'session' && state.room?.phase === 'seated'
  reshape(seated ? state.shape : null)
  const dialog = state.dialog && dialogs ? dialogs.dialogs(state) : nothing
  const messages = dialog === nothing ? notices(state) : nothing
  render(html`${header(state)}${main(state, messages)}${seated ? nothing : messages}${dialog}`, /** @type {HTMLElement} */ (document.getElementById('app')))
  dialogs?.syncDialog()
  watchTopic()
  if (hand && document.activeElement === document.body) refocus(hand)
  document.title = title(state)
  const now = `${state.route.name} ${state.room?.id ?? ''} ${state.room?.phase ?? ''} ${state.route.name === 'summary' && !!state.takeaway?.report}`
  if (screen && screen !== now && !state.dialog && !document.activeElement?.closest('main')) /** @type {HTMLElement|null} */ (document.querySelector('[data-focus]') ?? document.querySelector('h1'))?.focus()
  giveFocus()
  watchForSuccessor(state)
  screen = now
}

/** The style sheet asks the root how the table lies: its letters depend on it. @param {State['shape']|null} shape */
function reshape(shape) {
  const { dataset } = document.documentElement
  if (shape === null) delete dataset.shape
  else if (dataset.shape !== shape) dataset.shape = shape
}

/** @param {State} state @param {unknown} notices */
function main(state, notices) {
  if (state.route.name === 'home') return home(state)
  if (state.route.name === 'summary') return fetchSummary()?.summary(state) ?? loading(state)
  switch (state.room?.phase) {
    case 'join': return join(state, state.room)
    case 'seated': return table(state, state.room, notices)
    case 'over': return over(state, state.room)
    default: return loading(state)
  }
}

/** When the hand is dealt anew, the focus stays with its card. @param {string} card */
function refocus(card) {
  const again = /** @type {HTMLButtonElement|null} */ (document.querySelector(`.hand [data-card="${CSS.escape(card)}"]:not(:disabled)`))
  if (again) again.focus()
  else /** @type {HTMLElement|null} */ (document.querySelector('#results, h1'))?.focus()
}

