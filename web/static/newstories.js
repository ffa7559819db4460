// @ts-check
/** @import { NewStory } from './backlog.js' */
import { parts } from './backlog.js'
import { Once } from './once.js'

/** The stories without those, each taken out once. @param {NewStory[]} stories @param {NewStory[]} those @returns {NewStory[]} */
export function without(stories, those) {
  const rest = [...those]
  return stories.filter((s) => {
    const at = rest.findIndex((r) => r.title === s.title && (r.key ?? '') === (s.key ?? ''))
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}

/** Brings new stories to the list, part by part, and none of them twice, also if they are changed while it is not known whether they have arrived. @param {(stories: NewStory[], key: string) => Promise<unknown>} send @param {() => string} key a new one */
export function newStories(send, key) {
  const once = new Once(send, key)
  /** What had arrived and is not wanted any more, until that can be said. @type {NewStory[]} */
  let besides = []
  return {
    /** Whether it is not known what has arrived. */
    get inDoubt() { return !!once.doubt },
    /** @param {NewStory[]} stories @returns {Promise<NewStory[]>} what had arrived before as it is not wanted any more; of a refusal, rest is what is not known to have arrived */
    async add(stories) {
      let rest = stories
      try {
        while (rest.length) {
          const { taken } = await once.add(parts(rest)[0])
          besides.push(...without(taken, rest))
          rest = without(rest, taken)
        }
      } catch (e) {
        throw Object.assign(/** @type {object} */ (e), { rest })
      }
      const all = besides
      besides = []
      return all
    },
  }
}
