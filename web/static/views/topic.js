// @ts-check
/** @import { Round } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { t } from '../i18n.js'
import { set } from '../store.js'

/** What a round is about, as much of it as there is room for. What is cut can be opened. @param {Round} round */
export const topic = (round) => round.topic ? html`<div class="topic">${repeat([round.id], (id) => id, () => html`<p class="text"><bdi>${linked(round.topic ?? '')}</bdi></p>`)}
  ${round.story_id ? button('story.read', { kind: 'story', story: round.story_id }) : button('topic.open', { kind: 'topic' })}</div>` : nothing

/** @param {import('../i18n.js').Key} label @param {import('../types.js').Dialog} dialog */
const button = (label, dialog) => html`<button class="more ${dialog.kind}" aria-label=${t(label)} title=${t(label)} @click=${() => set({ dialog })}>…</button>`

/** The whole of it, for the dialog. @param {Round|null|undefined} round */
export const whole = (round) => html`<p class="whole"><bdi>${linked(round?.topic ?? '')}</bdi></p>`

/** A text with its addresses as links: never as markup, and never to anything but the web. @param {string} text */
export function linked(text) {
  const parts = []
  let end = 0
  for (const { 0: found, index } of text.matchAll(/\bhttps?:\/\/[^\s<>"'`\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/giu)) {
    const address = trimmed(found)
    if (!isWeb(address)) continue
    parts.push(text.slice(end, index), html`<a href=${address} target="_blank" rel="noopener noreferrer">${address}</a>`)
    end = index + address.length
  }
  return [...parts, text.slice(end)]
}

/** Without what ends the sentence around it: a bracket is part of an address if it was opened there. @param {string} address @returns {string} */
function trimmed(address) {
  const shorter = address.replace(/[.,;:!?…»”’*_]+$/u, '')
  const last = shorter.at(-1) ?? ''
  const open = /** @type {Record<string, string>} */ ({ ')': '(', ']': '[', '}': '{' })[last]
  if (!open || shorter.split(open).length >= shorter.split(last).length) return shorter
  return trimmed(shorter.slice(0, -1))
}

/** @param {string} address */
function isWeb(address) {
  try {
    return /^https?:$/.test(new URL(address).protocol)
  } catch {
    return false
  }
}

/** How far a text of several lines ends before its box does, in pixels: what stands beside it moves there. @param {Element} text */
function slack(text) {
  const lines = document.createRange()
  lines.selectNodeContents(text)
  return Math.max(0, (text.clientWidth - lines.getBoundingClientRect().width) / 2)
}

/** @type {ResizeObserver|null} */
let observer = null
/** @type {Element|null} */
let watched = null

/** Notes whether the topic on the page is cut, whenever its size changes. */
export function watchTopic() {
  const text = document.querySelector('.topic .text')
  if (text === watched) return
  observer ??= new ResizeObserver((entries) => {
    for (const { target } of entries) {
      target.classList.toggle('cut', target.scrollHeight > target.clientHeight + 1)
      target.parentElement?.style.setProperty('--slack', `${slack(target)}px`)
    }
  })
  observer.disconnect()
  if (text) observer.observe(text)
  watched = text
}
