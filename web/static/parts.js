// @ts-check
import { language, worded } from './i18n.js'

/** @typedef {import('./i18n.js').Entry} Entry */

/**
 * The texts of a part of the page that comes later.
 * @template {Record<string, Entry>} C @param {Record<string, () => Promise<{default: C}>>} languages
 */
export function textsOf(languages) {
  /** @type {C|null} */
  let known = null
  let spoken = ''
  return {
    /** Whether they are there, in the language that is spoken. */
    ready: () => spoken === language(),
    /** Fetches them in the language that is spoken. */
    async load() {
      const wanted = language()
      known = (await languages[wanted]()).default
      spoken = wanted
    },
    /** @param {keyof C & string} key @param {Record<string, string|number>} [params] */
    t: (key, params) => known ? worded(known[key], params) : '',
  }
}

/** A style sheet that comes with a part of the page. @param {string} name @returns {Promise<unknown>} */
export const styleSheet = (name) => new Promise((done, failed) => {
  const link = document.createElement('link')
  link.onload = done
  link.onerror = () => { link.remove(); failed(new Error(name)) }
  link.rel = 'stylesheet'
  link.href = new URL(name, import.meta.url).href
  document.head.append(link)
})
