// @ts-check
/** @import { State } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { inline, t } from '../i18n.js'
import { seats } from '../prefs.js'

/** How many seats are offered; who holds more finds the others among the open sessions. */
const SHOWN = 3

/** The ways back to the tables where this browser holds a seat. @param {State} state */
export function mine({ lobby }) {
  const open = (/** @type {string} */ id) => lobby?.find((s) => s.id === id)
  const back = seats().map((s) => ({ id: s.id, name: open(s.id)?.name ?? s.name, listed: s.listed })).filter((s) => s.name && (!lobby || !s.listed || open(s.id))).slice(0, SHOWN)
  if (!back.length) return nothing
  return html`<nav class="mine" aria-label=${t('home.mine')}>${repeat(back, (s) => s.id, (s) => html`<a class="button primary" href="/session/${s.id}"><span class="clip">${t('home.back', { session: inline(s.name ?? '') })}</span></a>`)}</nav>`
}
