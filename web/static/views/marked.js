// @ts-check
import { html } from '../vendor/lit-html.js'

/** A text in which what stands in [brackets] is the word of a tracker, in English. @param {string} text */
export const marked = (text) => text.split(/\[([^\]]+)\]/).map((part, i) => i % 2 ? html`<b lang="en">${part}</b>` : part)
