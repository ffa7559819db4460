// @ts-check
import { html } from '../vendor/lit-html.js'

/** @param {string} d @param {string} [cls] */
const stroke = (d, cls = 'icon') => html`<svg class=${cls} viewBox="0 0 24 24" aria-hidden="true"><path d=${d} fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/></svg>`

export const logo = html`<svg class="logo" width="32" viewBox="0 0 32 32" aria-hidden="true"><rect x="3" y="7" width="15" height="21" rx="3.5" transform="rotate(-12 10 18)" class="b1"/><rect x="13" y="4" width="15" height="21" rx="3.5" transform="rotate(9 21 15)" class="b2"/></svg>`
export const crown = html`<svg class="crown" viewBox="0 0 24 18" aria-hidden="true"><path d="M2 16 1 4l7 5 4-8 4 8 7-5-1 12Z"/></svg>`
export const cup = stroke('M4 9h13v6a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5z M17 11h1.5a2.5 2.5 0 0 1 0 5H17 M8 3c-1 1 1 2 0 3.4 M12.5 3c-1 1 1 2 0 3.4', 'cup')
export const list = stroke('M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01')
export const play = stroke('M8 5.5v13l10-6.5z')
export const sliders = stroke('M4 7h3m5 0h8M4 17h8m5 0h3M9.5 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 1 0 0-5M14.5 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 1 0 0-5')
export const soundOn = stroke('M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11')
export const soundOff = stroke('M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5m0-5-5 5')
export const invite = stroke('M9.5 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 1 0 0 7M3.5 19.5c0-3.3 2.7-5.5 6-5.5s6 2.2 6 5.5M18.5 8v6m-3-3h6')
export const padlock = stroke('M6.5 11h11v8.5h-11zM8.5 11V8a3.5 3.5 0 0 1 7 0v3', 'padlock')
export const star = html`<svg class="star" viewBox="0 0 24 24" aria-hidden="true"><path d="m12 2 3 6.6 7 .8-5.2 4.9 1.4 7.2L12 17.9l-6.2 3.6 1.4-7.2L2 9.4l7-.8z"/></svg>`
export const watch = stroke('M2.5 12s3.5-6.5 9.5-6.5 9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12M12 9a3 3 0 1 0 0 6 3 3 0 1 0 0-6', 'watch')
export const hourglass = stroke('M12 21a7.5 7.5 0 1 0 0-15 7.5 7.5 0 1 0 0 15M12 9.5v4l2.5 1.5M9.5 3h5')
export const bell = stroke('M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4')
export const upload = stroke('M12 15V4m-4.5 4.5L12 4l4.5 4.5M5 19.5h14')
export const close = stroke('M6 6l12 12M18 6 6 18')
export const arrow = stroke('M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14')
