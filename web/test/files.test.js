// @ts-check
import { nameIn } from '../static/download.js'
import { texts as exporting } from '../static/texts/exporting.js'
import { texts as trackers } from '../static/texts/trackers.js'
import { same, test } from './harness.js'

for (const [header, name] of Object.entries({
  'attachment; filename=backlog.csv': 'backlog.csv',
  'attachment; filename="Sprint 12 estimates.csv"': 'Sprint 12 estimates.csv',
  'attachment; filename="a \\"b\\"; c.csv"': 'a "b"; c.csv',
  "attachment; filename*=utf-8''%C2%BD%20estimates.csv": '½ estimates.csv',
  'attachment; filename="x.csv"; filename*=UTF-8\'\'%E6%97%A5.csv': '日.csv',
  'attachment': '',
  '': '',
})) test(`the name of the file in ${header || 'nothing'}`, () => same(nameIn(header), name))

/** What every language has to have alike: parameters, and the trackers' own words. @param {unknown} text */
const fixed = (text) => [.../** @type {string} */ (text).matchAll(/\{\w+\}|\[[^\]]+\]/g)].map(String).sort().join(' ')

for (const [part, texts] of Object.entries({ exporting, trackers })) {
  for (const [language, translated] of Object.entries(texts)) {
    test(`the texts of ${part} in ${language} have the parameters and the menus of the English ones`, () => {
      same(Object.keys(translated).join('\n'), Object.keys(texts.en).join('\n'), 'the keys')
      for (const [key, text] of Object.entries(texts.en)) same(fixed(/** @type {any} */ (translated)[key]), fixed(text), key)
    })
  }
}
