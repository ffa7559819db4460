// @ts-check
import { LANGUAGES } from '../static/i18n.js'
import { en } from '../static/i18n/en.js'
import { same, test } from './harness.js'

/** The parameters of a text, each once. @param {unknown} entry */
const parameters = (entry) => [...new Set(JSON.stringify(entry).match(/\{\w+\}/g) ?? [])].sort().join(' ')

for (const language of Object.keys(LANGUAGES).filter((l) => l !== 'en')) {
  test(`the texts of ${language} are those of English, with the same parameters`, async () => {
    /** @type {Record<string, unknown>} */
    const texts = (await import(`../static/i18n/${language}.js`)).default
    same(Object.keys(texts).sort().join('\n'), Object.keys(en).sort().join('\n'), 'the keys')
    for (const [key, entry] of Object.entries(en)) {
      same(typeof texts[key], typeof entry, key)
      same(parameters(texts[key]), parameters(entry), key)
    }
  })
}
