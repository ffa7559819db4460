// @ts-check
/** @import { State } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { api } from '../api.js'
import { copy } from '../copy.js'
import { outcome } from './copied.js'
import { t } from '../i18n.js'
import { lazily } from '../lazy.js'
import { inviteLink, isLocal, ownBase } from '../links.js'
import { set } from '../store.js'

const uqr = lazily(() => import('../vendor/uqr.js'))

/** The link, to copy, to share and to scan. @param {State} state */
export function invitation(state) {
  const link = inviteLink()
  const mine = state.copied?.what === 'link' ? state.copied : null
  const session = state.room?.session
  return html`<p class="soft">${t('invite.text')}</p>
    ${session?.settings.locked ? html`<p class="ask">${t('invite.locked')}</p>` : session?.protected ? html`<p class="ask">${t('invite.protected')}</p>` : nothing}
    ${isLocal(ownBase()) ? local(state) : nothing}
    <div class="link"><input id="link" readonly aria-label=${t('invite.link')} .value=${link} @focus=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).select()}>
    <button class="primary" @click=${() => void copy('link', link, '#link')}>${t(mine?.ok ? 'copy.done' : 'invite.copy')}</button>
    ${'share' in navigator ? html`<button @click=${() => void navigator.share({ url: link }).catch(() => {})}>${t('invite.share')}</button>` : nothing}</div>
    ${outcome(mine)}
    <div class="qr">${qr(link)}</div>`
}

let asked = false

/** The server's other addresses, asked for once. */
function ask() {
  if (asked) return
  asked = true
  api.addresses().then(({ addresses }) => set({ addresses }), () => set({ addresses: [] }))
}

/** On an address that nobody else can open: the ones that others can. @param {State} state */
export function local({ addresses, address }) {
  ask()
  if (!addresses?.length) return html`<p class="ask">${t('invite.local')} ${addresses ? t('invite.nowhere') : nothing}</p>`
  const item = (/** @type {string|null} */ url) => html`<label><input type="radio" name="address" .checked=${(address ?? null) === url} @change=${() => set({ address: url, copied: null })}><span>${url === null ? t('invite.here') : url}</span></label>`
  return html`<p class="ask">${address ? t('invite.elsewhere') : t('invite.local')}</p>
    <fieldset class="addresses"><legend>${t('invite.addresses')}</legend>${[...addresses, null].map(item)}</fieldset>`
}

/** @param {string} link @param {string} [label] */
export function qr(link, label = t('invite.qr')) {
  const drawing = uqr()
  if (!drawing) return nothing
  const { size, data } = drawing.encode(link, { border: 2 })
  let d = ''
  data.forEach((row, y) => row.forEach((dark, x) => { if (dark) d += `M${x} ${y}h1v1h-1z` }))
  return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${label} shape-rendering="crispEdges"><rect width=${size} height=${size} fill="#fff"/><path d=${d} fill="#14181c"/></svg>`
}
