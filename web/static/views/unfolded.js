// @ts-check
/** @import { State } from '../types.js' */
import { html } from '../vendor/lit-html.js'
import { deckFields, ruleFields, rulesIn } from './options.js'

// What the start page loads when the options are unfolded. It is a module of its own because one that is loaded later must not be imported at the top of another: nobody could say in which file it lies.

/** @param {State} state */
export const fields = ({ setup, form }) => html`<div class="options">${deckFields(setup, form)}${ruleFields(setup.settings, form)}</div>`

export { rulesIn }
