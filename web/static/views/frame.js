// @ts-check
/** @import { State, Room, Connection } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { clock, shown, t } from '../i18n.js'
import { extend, prefer } from '../actions.js'
import { openRoom } from '../room.js'
import { opensElsewhere } from '../router.js'
import { set } from '../store.js'
import { expiring, left } from '../ticker.js'
import { isLost, keepsCard } from '../words.js'
import { opener } from './beside.js'
import { close, invite, logo, sliders, soundOff, soundOn } from './icons.js'

/** @param {State} state */
export function header(state) {
  const seated = state.room?.phase === 'seated' ? state.room : null
  return html`<header class="top">
    <a class="brand" href="/" aria-label=${t('head.home')} @click=${seated && askAway}>${logo}<span>MagnaPP</span></a>
    ${seated ? where(seated) : nothing}
    <span class="grow"></span>
    ${seated ? opener(seated) : nothing}
    ${seated ? html`<button class="quiet invite" @click=${() => set({ dialog: { kind: 'invite' } })}>${invite}<span>${t('head.invite')}</span></button>` : nothing}
    ${sound(state)}
    <button class="quiet square" aria-label=${t('head.menu')} title=${t('head.menu')} @click=${() => set({ dialog: { kind: 'menu' } })}>${sliders}</button>
  </header>`
}

/** Who leaves the table for the start page is asked first. @param {MouseEvent} e */
function askAway(e) {
  if (opensElsewhere(e)) return
  e.preventDefault()
  set({ dialog: { kind: 'away' } })
}

/** @param {Room} room */
const where = ({ session, connection }) => html`<div class="where">
  <h1 class="session" tabindex="-1" title=${session?.name ?? ''}><bdi>${shown(session?.name ?? '')}</bdi></h1>
  <span class="live ${connection}"><i></i>${t(live[connection])}</span>
</div>`

/** @type {Record<Connection, import('../i18n.js').Key>} */
const live = { live: 'live.live', connecting: 'live.connecting', lost: 'live.lost' }

/** @param {State} state */
function sound({ prefs }) {
  const label = t(prefs.sound ? 'head.sound.on' : 'head.sound.off')
  return html`<button class="quiet square" aria-pressed=${prefs.sound ? 'true' : 'false'} aria-label=${t('menu.sound')} title=${label} @click=${() => prefer({ sound: !prefs.sound })}>${prefs.sound ? soundOn : soundOff}</button>`
}

/** What lies over the page for a while: nothing below moves for it. While the line is down, that is all there is to say. @param {State} state */
export function notices(state) {
  const bars = isLost(state) ? lost(state) : expiring(state) || state.toast ? html`${expiring(state) ? expiry(state) : nothing}${toast(state)}` : null
  return bars ? html`<section class="notices" aria-label=${t('notices.label')}>${bars}</section>` : nothing
}

/** @param {State} state */
const expiry = (state) => html`<div class="notice warm expiry"><span role="timer">${t('expiry.text', { time: clock(left(state, state.room?.session?.expires_at)) })}</span><button class="primary" @click=${extend}>${t('expiry.stay')}</button></div>`

/** @param {State} state */
const toast = (state) => state.toast ? html`<div class="notice ${state.toast.tone}"><span>${state.toast.text}</span><button class="quiet square" aria-label=${t('menu.close')} @click=${() => set({ toast: null })}>${close}</button></div>` : nothing

/** @param {State} state */
function lost({ room, now, toast }) {
  if (!room) return nothing
  const what = toast?.tone === 'offline' ? toast.text : keepsCard(room) ? t('lost.kept') : t('lost.text')
  const when = room.retryAt === null ? t('lost.trying') : t('lost.next', { time: clock(Math.max(1, room.retryAt - now)) })
  return html`<div class="notice lost"><span>${what} ${when}</span><button ?disabled=${room.retryAt === null} @click=${() => openRoom()?.stream?.retry()}>${t('lost.now')}</button></div>`
}
