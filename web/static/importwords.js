// @ts-check
import { textsOf } from './parts.js'

/** @typedef {keyof typeof import('./i18n/importing/en.js').default} ImportKey */
/** @typedef {Record<ImportKey, import('./i18n.js').Entry>} Catalogue */

const texts = textsOf(/** @type {Record<string, () => Promise<{default: Catalogue}>>} */ ({
  en: () => import('./i18n/importing/en.js'), de: () => import('./i18n/importing/de.js'), fr: () => import('./i18n/importing/fr.js'), es: () => import('./i18n/importing/es.js'),
}))

/** The texts about files that come in. */
export const { t: word, ready, load } = texts
