// @ts-check
import { en } from './i18n/en.js'

/** @typedef {keyof typeof en} Key */
/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Entry A text, or one for each plural form of `n`. */
/** @typedef {Record<Key, Entry>} Catalogue */

/** The languages that we speak, each under its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español' }

/** What is not English is loaded when it is spoken. @type {Record<string, () => Promise<{default: Catalogue}>>} */
const OTHERS = { de: () => import('./i18n/de.js'), fr: () => import('./i18n/fr.js'), es: () => import('./i18n/es.js') }

/** @type {Catalogue} */
let catalogue = en
let lang = 'en'
let plural = new Intl.PluralRules('en')
/** @param {string} lang */
const figures = (lang) => [1, 2, 3].map((maximumFractionDigits) => new Intl.NumberFormat(lang, { maximumFractionDigits }))
let [tenths, hundredths, thousandths] = figures('en')

/** The language spoken now. */
export const language = () => lang

/** The best of our languages for this browser. @param {string|null} chosen by hand @param {readonly string[]} wishes @returns {string} */
export function pick(chosen, wishes = navigator.languages) {
  if (chosen && chosen in LANGUAGES) return chosen
  return wishes.map((w) => w.slice(0, 2).toLowerCase()).find((w) => w in LANGUAGES) ?? 'en'
}

let asked = 'en'

/** Speaks that language from now on, unless another was asked for before its texts came. @param {string} next */
export async function speak(next) {
  asked = next
  const texts = next === 'en' ? en : (await OTHERS[next]()).default
  if (asked !== next) return
  catalogue = texts
  lang = next
  plural = new Intl.PluralRules(next)
  ;[tenths, hundredths, thousandths] = figures(next)
  document.documentElement.lang = next
}

/** @typedef {Record<string, string|number>} Params */

/** A text with its parameters in it, in the plural form of `n`. @param {Entry} entry @param {Params} params @returns {string} */
function filled(entry, params) {
  const text = typeof entry === 'string' ? entry : (entry[plural.select(Number(params.n))] ?? entry.other ?? '')
  return text.replace(/\{(\w+)\}/g, (_, p) => (typeof params[p] === 'number' ? num(params[p]) : String(params[p] ?? '')))
}

/** The text for a key. `{name}` stands for a parameter; numbers are written as the language does. The plural form follows the parameter `n`. @param {Key} key @param {Params} [params] */
export const t = (key, params = {}) => filled(catalogue[key] ?? en[key], params)

/**
 * The same for texts that come later, with the part of the page that needs them: all languages at once, each with the same keys.
 * @template {string} K @param {Record<keyof typeof LANGUAGES, Record<K, Entry>>} texts @returns {(key: K, params?: Params) => string}
 */
export const part = (texts) => (key, params = {}) => filled(texts[/** @type {keyof typeof LANGUAGES} */ (lang)][key], params)

/** What was reckoned, such as an average: a tenth says enough, but of what is less than one. @param {number} n */
export const num = (n) => (Math.abs(n) < 1 ? hundredths : tenths).format(n)

/** What stands on a card, or is a sum of that. @param {number} n */
export const exact = (n) => thousandths.format(n)

/** "Ana, Bo and Chi". @param {string[]} items */
export const list = (items) => new Intl.ListFormat(lang, { type: 'conjunction' }).format(items)

/** Minutes and seconds. @param {number} ms */
export function clock(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`
}

// Marks that turn the direction of text or are invisible: in a sentence of ours, a name must not reach beyond itself.
const MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/g
const INVISIBLE = /[\p{Cf}\p{Z}\p{M}\p{Cn}\u115f\u1160\u3164\uffa0\u2800]/gu

/** A name to set in a sentence: isolated from the text around it. @param {string} name */
export const inline = (name) => `\u2068${shown(name).replace(MARKS, '')}\u2069`

/** A name as it is shown: never nothing. @param {string} name */
export const shown = (name) => (name.replace(INVISIBLE, '') ? name : t('person.unnamed'))
