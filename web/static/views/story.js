// @ts-check
/** @import { Room, Dialog, Story, StoryAnswer } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { api } from '../api.js'
import { exact, inline, language, shown, t } from '../i18n.js'
import { lazily } from '../lazy.js'
import { set } from '../store.js'
import { storyOf } from '../stories.js'
import { choose, remove, setStatus, shift, tableIsFree } from '../storywork.js'
import { cardName, may } from '../words.js'
import { adding } from './adding.js'
import { editing } from './editing.js'
import { panel } from './stories.js'
import { linked } from './topic.js'

/** @typedef {import('../vendor/lit-html.js').TemplateResult} Template */
/** @typedef {Extract<Dialog, {kind: 'stories'|'add-stories'|'import-stories'|'story'|'edit-story'|'remove-story'}>} StoryDialog */

export { panel }

/** What takes files comes when it is needed, with all that it needs itself. */
const fetchImporting = lazily(async () => {
  const module = await import('./importing.js')
  await module.prepare()
  return module
})

/** What the dialogs about stories say. @param {StoryDialog} dialog @param {Room} room @param {() => void} close @returns {{title: string, body: Template}} */
export function content(dialog, room, close) {
  switch (dialog.kind) {
    case 'stories': return { title: t('stories.title'), body: html`<div class="stories sheeted">${room.session ? panel(room, room.session, true) : nothing}</div>` }
    case 'add-stories': return { title: t('stories.add.title'), body: adding(room) }
    case 'import-stories': return { title: t('stories.import.title'), body: fetchImporting()?.importing(room, dialog) ?? html`<p class="hint">${t('stories.loading')}</p>` }
    case 'edit-story': return { title: t('story.edit.title'), body: editing(room, dialog) }
    default: {
      const story = storyOf(room, dialog.story)
      if (!story) return { title: t('story.title'), body: html`<p>${t('story.gone')}</p>${toList}` }
      if (dialog.kind === 'remove-story') return { title: t('story.remove.title'), body: removal(room, story) }
      return { title: shown(story.title), body: reading(room, story, close) }
    }
  }
}

const toList = html`<div class="acts"><button @click=${() => set({ dialog: { kind: 'stories' } })}>${t('story.list')}</button></div>`

/** @typedef {{of: Story, answer: StoryAnswer|null, failed: boolean}} Read */
/** The story that was read last, as it was then. @type {Read|null} */
let read = null

/** Reads a story whole, again whenever the list says that it is another. @param {Room} room @param {Story} story */
function whole(room, story) {
  if (read?.of !== story) {
    /** @type {Read} */
    const mine = { of: story, answer: read?.of.id === story.id ? read.answer : null, failed: false }
    read = mine
    api.story(room.id, room.me ?? '', story.id).then((answer) => { mine.answer = answer }, () => { mine.failed = true }).finally(() => set({}))
  }
  return read
}

/** @param {Room} room @param {Story} story @param {() => void} close */
function reading(room, story, close) {
  const { answer, failed } = whole(room, story)
  const facts = [story.key, story.type, t(`stories.${story.status}`), story.estimate === null ? '' : `${t('story.estimate')}: ${cardName(story.estimate)}`].filter(Boolean)
  const text = answer?.story.description
  return html`<p class="soft breaks">${facts.map((f, i) => html`${i ? ' · ' : ''}<bdi>${f}</bdi>`)}</p>
    ${story.url && /^https?:/i.test(story.url) ? html`<p class="breaks whole"><a href=${story.url} target="_blank" rel="noopener noreferrer">${story.url}</a></p>` : nothing}
    ${text === undefined ? html`<p class="hint">${t(failed ? 'story.failed' : 'stories.loading')}</p>` : text ? html`<p class="whole"><bdi>${linked(text)}</bdi></p>` : html`<p class="hint">${t('story.nothing')}</p>`}
    ${answer?.rounds.length ? html`<h3>${t('story.rounds')}</h3><ul class="votes">${answer.rounds.map((r) => html`<li>${time(r.completed_at)} <b>${r.estimate === null ? '–' : cardName(r.estimate)}</b> <small>${range(r.statistics)}</small></li>`)}</ul>` : nothing}
    ${work(room, story, close)}`
}

/** @param {string|null} at */
const time = (at) => new Date(at ?? '').toLocaleTimeString(language(), { hour: '2-digit', minute: '2-digit' })

/** @param {StoryAnswer['rounds'][0]['statistics']} s */
const range = (s) => s?.lowest == null || s.highest == null ? '' : s.lowest === s.highest ? exact(s.lowest) : t('results.range', { low: exact(s.lowest), high: exact(s.highest) })

/** @param {Room} room @param {Story} story @param {() => void} close */
function work(room, story, close) {
  const edits = may(room, 'stories')
  const votes = may(room, 'start') && story.status !== 'voting'
  return html`<div class="acts">
    ${edits ? html`
      <button @click=${() => set({ dialog: { kind: 'edit-story', story: story.id } })}>${t('story.edit')}</button>
      ${story.status === 'voting' ? nothing : aside(story)}
      <button @click=${() => shift(story, -1)}>${t('story.up')}</button><button @click=${() => shift(story, 1)}>${t('story.down')}</button>
      <button class="danger" @click=${() => set({ dialog: { kind: 'remove-story', story: story.id } })}>${t('story.remove')}</button>` : nothing}
    <button @click=${() => set({ dialog: { kind: 'stories' } })}>${t('story.list')}</button>
    ${votes ? html`<button class="primary" ?disabled=${room.busy === 'start'} @click=${() => { close(); choose(story) }}>${t(tableIsFree(room) ? 'stories.vote' : 'stories.pick')}</button>` : nothing}
  </div>`
}

/** @param {Story} story */
const aside = ({ id, status }) => html`<button @click=${() => setStatus(id, status === 'skipped' ? 'todo' : 'skipped')}>${t(status === 'skipped' ? 'story.back' : 'story.skip')}</button>`

/** @param {Room} room @param {Story} story */
const removal = (room, story) => html`<p class="breaks">${t('story.remove.text', { title: inline(story.title) })}</p>
  <div class="acts"><button @click=${() => set({ dialog: { kind: 'story', story: story.id } })}>${t('menu.cancel')}</button><button class="danger" ?disabled=${room.busy === 'story'} @click=${() => remove(story.id, () => room.session && room.session.backlog.total > 1 ? { kind: 'stories' } : null)}>${t('story.remove')}</button></div>`
