// @ts-check
/** @import { State } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { COPY_KEYS } from '../copy.js'
import { t } from '../i18n.js'

/** How copying went: a button that says so is read by nobody who does not see it, and what did not work says which keys do it. @param {State['copied']} copied */
export const outcome = (copied) => html`<p class=${copied && !copied.ok ? 'hint' : 'sr'} role="status">${copied ? t(copied.ok ? 'copy.done' : 'copy.press', { keys: COPY_KEYS }) : nothing}</p>`
