// @ts-check
/** @import { Room } from './types.js' */
import { Refusal } from './api.js'
import { t, language } from './i18n.js'
import { set } from './store.js'

/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer

/** Shows a short message for a while. @param {string} text @param {'refusal'|'info'} tone */
export function toast(text, tone = 'refusal') {
  clearTimeout(timer)
  set({ toast: { text, tone } })
  if (tone === 'info') announce(text)
  timer = setTimeout(() => set({ toast: null }), 7000)
}

/** Why something was refused, in words. @param {Refusal} refusal @returns {string} */
export function why(refusal) {
  const known = /** @type {Record<number, import('./i18n.js').Key>} */ ({ 401: 'refused.401', 403: 'refused.403', 404: 'refused.404', 409: 'refused.409', 422: 'refused.422', 429: 'refused.429', 503: 'refused.503' })
  if (language() === 'en' && refusal.message) return refusal.message
  return t(known[refusal.status] ?? 'refused.503')
}

/** @param {unknown} error */
export function refused(error) {
  if (!(error instanceof Refusal)) throw error
  say(error.status === 0 ? t('refused.offline') : t('refused.other', { why: why(error) }))
}

/** The card rolls back, and here is why. @param {Refusal} refusal @param {Room|null} room */
export function refusedVote(refusal, room) {
  if (!(refusal instanceof Refusal)) throw refusal
  if (refusal.status === 0) return say(t('refused.offline'))
  const status = room?.session?.status
  const reason = refusal.status !== 409 ? why(refusal) : status === 'paused' ? t('refused.paused') : status === 'results' || status === 'revealing' ? t('refused.revealed') : why(refusal)
  say(t('refused.vote', { why: reason }))
}

/** @param {string} text */
function say(text) {
  toast(text)
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
    put('polite', waiting.slice(-6).join('. '))
    waiting = []
  }, 150)
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
