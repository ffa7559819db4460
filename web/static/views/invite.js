// @ts-check
import { html, nothing } from '../vendor/lit-html.js'
import { t } from '../i18n.js'
import { copyLink, inviteLink } from '../actions.js'
import { set } from '../store.js'

/** @type {typeof import('../vendor/uqr.js')|null} */
let uqr = null

/** The link, to copy and to share, and in the dialog to scan. @param {boolean} scan */
export function invitation(scan) {
  const link = inviteLink()
  return html`<p class="soft">${t('invite.text')}</p>
    <div class="link"><input readonly aria-label=${t('invite.link')} .value=${link} @focus=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).select()}>
    <button class="primary" @click=${copyLink}>${t('invite.copy')}</button>
    ${'share' in navigator ? html`<button @click=${() => void navigator.share({ url: link }).catch(() => {})}>${t('invite.share')}</button>` : nothing}</div>
    ${scan ? html`<div class="qr">${qr(link)}</div>` : nothing}`
}

/** @param {string} link */
function qr(link) {
  if (!uqr) {
    void import('../vendor/uqr.js').then((m) => { uqr = m; set({}) })
    return nothing
  }
  const { size, data } = uqr.encode(link, { border: 2 })
  let d = ''
  data.forEach((row, y) => row.forEach((dark, x) => { if (dark) d += `M${x} ${y}h1v1h-1z` }))
  return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${t('invite.qr')} shape-rendering="crispEdges"><rect width=${size} height=${size} fill="#fff"/><path d=${d} fill="#14181c"/></svg>`
}
