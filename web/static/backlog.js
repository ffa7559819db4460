// @ts-check
/** @import { Envelope, EventData, Room, Story, StoryList } from './types.js' */

/** The longest title and key of a story, in characters; how many a session takes; and how many bytes may be sent at once. */
export const TITLE = 500
export const KEY = 64
export const MOST = 500
const BYTES = 60_000

/** A list that is known to be old: no list of the server has this version. */
const OLD = 0

/** What the page knows of the list after an event. Pure. A list that does not follow from the one that is known is marked as old. @param {StoryList|null} known @param {Envelope} event @returns {StoryList|null} */
export function follow(known, event) {
  if (!known) return null
  if (event.type === 'stories_updated') return changed(known, event.data) ?? { ...known, version: OLD }
  // The server may have lost what it had not stored.
  if (event.type === 'session_updated' && event.data.session.backlog.version < known.version) return { ...known, version: OLD }
  return known
}

/** Whether the list has to be read. @param {Room} room */
export const behind = ({ stories, session }) => (session?.backlog.version ?? 0) > (stories?.version ?? 0)

/** The list after a change that the server has sent; null if changes before it are missing. @param {StoryList} known @param {EventData['stories_updated']} data @returns {StoryList|null} */
export function changed(known, { version, added, changed, removed, moved }) {
  if (known.version !== OLD && version <= known.version) return known // the list was read after it
  if (version !== known.version + 1) return null
  const news = new Map(changed.map((s) => [s.id, s]))
  let stories = known.stories.filter((s) => !removed.includes(s.id)).map((s) => news.get(s.id) ?? s)
  for (const { story, before } of added) stories = placed(stories, story, before)
  for (const { id, before } of moved) {
    const story = stories.find((s) => s.id === id)
    if (story) stories = placed(stories.filter((s) => s !== story), story, before)
  }
  return { version, stories }
}

/** @param {Story[]} stories @param {Story} story @param {string|null} before null: at the end @returns {Story[]} */
function placed(stories, story, before) {
  const at = stories.findIndex((s) => s.id === before)
  return at < 0 ? [...stories, story] : [...stories.slice(0, at), story, ...stories.slice(at)]
}

/** The story to vote on next: the one that was picked, or else the first that is to do after the one on the table, and then from the top. @param {Room} room @returns {Story|null} */
export function nextStory({ stories, upNext, session }) {
  const all = stories?.stories ?? []
  const picked = all.find((s) => s.id === upNext)
  if (picked && picked.status !== 'voting') return picked
  const at = all.findIndex((s) => s.id === session?.current_round?.story_id)
  const todo = (/** @type {Story} */ s) => s.status === 'todo'
  return all.slice(at + 1).find(todo) ?? all.find(todo) ?? null
}

/** @typedef {{key?: string, title: string}} NewStory */

/** The stories of a pasted text, one a line: a title, or a key and a title with a tab between them. What begins a line of a list is no part of it. @param {string} text @returns {NewStory[]} */
export function parsed(text) {
  return text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => {
    const [first, second] = line.split('\t').map((s) => s.trim()).filter(Boolean)
    if (second !== undefined && [...first].length <= KEY) return { key: first, title: second }
    return { title: [first, second].filter(Boolean).join(' ').replace(/^(?:[-*+•](?:\s+\[[ xX]?\])?|\d+[.)])\s+/, '') }
  }).filter((s) => s.title)
}

/** The text that would be parsed as these stories. A title that begins like a line of a list gets a beginning of its own. @param {NewStory[]} stories */
export const typed = (stories) => stories.map(({ key, title }) => (key ? `${key}\t${title}` : parsed(title)[0]?.title === title ? title : `- ${title}`)).join('\n')

/** The stories in parts that are small enough to be sent. @param {NewStory[]} stories @returns {NewStory[][]} */
export function parts(stories) {
  /** @type {NewStory[][]} */
  const all = []
  let room = 0
  for (const story of stories) {
    const size = new TextEncoder().encode(JSON.stringify(story)).length + 1
    if (size > room) {
      all.push([])
      room = BYTES
    }
    room -= size
    all[all.length - 1].push(story)
  }
  return all
}
