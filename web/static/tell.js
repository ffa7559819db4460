// @ts-check
/** @import { Room } from './types.js' */
import { Refusal } from './api.js'
import { t, language } from './i18n.js'
import { get, set } from './store.js'

/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer

/** Shows a short message for a while. @param {string} text @param {import('./types.js').Toast['tone']} tone */
export function toast(text, tone = 'refusal') {
  clearTimeout(timer)
  set({ toast: { text, tone } })
  if (tone === 'info') announce(text)
  timer = setTimeout(() => set({ toast: null }), 7000)
}

/** @typedef {import('./i18n.js').Key} Key */

/** What the server or a proxy before it says about an outcome that may be either. @type {Record<string, Key>} */
const unknowns = { 0: 'refused.offline', 502: 'refused.502', 503: 'refused.503', 504: 'refused.504', unavailable: 'refused.unavailable', offline: 'lost.cannot', outcome_unknown: 'refused.outcome' }

/** Which refusals have words of their own. @type {Record<string, Key>} */
const kinds = { story_voted_on: 'refused.votedOn', stories_too_large: 'refused.tooLarge' }

/** Why something was refused, in words. @param {Refusal} refusal @returns {string} */
export function why(refusal) {
  if (refusal.unknown) return t(unknowns[refusal.kind] ?? unknowns[refusal.status] ?? 'refused.offline')
  if (refusal.foreign) return t('refused.foreign', { status: String(refusal.status) })
  const kind = kinds[refusal.kind]
  if (kind && (language() !== 'en' || !refusal.message)) return t(kind)
  const known = /** @type {Record<number, Key>} */ ({ 401: 'refused.401', 403: 'refused.403', 404: 'refused.404', 409: 'refused.409', 422: 'refused.422', 429: 'refused.429' })
  if (language() === 'en' && refusal.message) return refusal.message
  return t(known[refusal.status] ?? 'refused.500')
}

/** @param {unknown} error */
export function refused(error) {
  if (!(error instanceof Refusal)) throw error
  if (error.kind === 'offline') return offline()
  say(error.unknown ? why(error) : t('refused.other', { why: why(error) }))
}

/** The line is down, and this cannot wait for it. */
export function offline() { say(t('lost.cannot'), 'offline') }

/** A command waits for its answer, or even for a connection. That is said until it need not wait any more. */
export function slow() {
  say(t('lost.slow'), 'offline')
  clearTimeout(timer)
}

/** The line is up again: what was said about it is no longer true. */
export function hush() { if (get().toast?.tone === 'offline') set({ toast: null }) }

/** The card rolls back, and here is why. @param {Refusal} refusal @param {Room|null} room */
export function refusedVote(refusal, room) {
  if (!(refusal instanceof Refusal)) throw refusal
  const status = room?.session?.status
  const reason = refusal.kind && refusal.status === 409 && (status === 'results' || status === 'revealing') ? t('refused.revealed') : why(refusal)
  say(t('refused.vote', { why: reason }))
}

/** The card has not arrived, and stays where it lies. @param {Refusal} refusal */
export function waitingVote(refusal) {
  if (!(refusal instanceof Refusal)) throw refusal
  say(t('vote.waits', { why: why(refusal) }))
}

/** A card that was kept was not sent in time. */
export function lateVote() { say(t('vote.late')) }

/** @param {string} text @param {import('./types.js').Toast['tone']} [tone] */
function say(text, tone) {
  toast(text, tone)
  alarm(text)
}

// What a screen reader says. Messages that come together are said together.

/** @type {string[]} */
let waiting = []

/** @param {string} text */
export function announce(text) {
  waiting.push(text)
  if (waiting.length > 1) return
  setTimeout(() => {
    put('polite', together(waiting.slice(-6)))
    waiting = []
  }, 150)
}

/** A sentence that has ended, in any language: its quotation marks and brackets may follow, and the end of a name that is set apart. */
const ENDED = /[\p{Sentence_Terminal}…][\p{Pe}\p{Pf}\p{Pi}"'\u2069\s]*$/u

/** What is said in one go: a full stop after each message but the last, unless it brings its own end. @param {string[]} texts @returns {string} */
export function together(texts) {
  const said = texts.map((text) => text.trim()).filter(Boolean)
  return said.map((text, n) => n === said.length - 1 || ENDED.test(text) ? text : text + '.').join(' ')
}

/** At once, for what was refused. @param {string} text */
export const alarm = (text) => put('urgent', text)

/** @param {string} id @param {string} text */
function put(id, text) {
  const region = document.querySelector(`dialog[open] .${id}`) ?? document.getElementById(id)
  if (!region) return
  const line = document.createElement('p')
  line.textContent = text
  region.replaceChildren(line)
}
