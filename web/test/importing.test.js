// @ts-check
/** @import { Imported } from '../static/types.js' */
import { brought, isTable } from '../static/bringing.js'
import { speak } from '../static/i18n.js'
import { ALL, asked, columnsOf, extent, isMarked, nameOf, noChoices, NONE, readOtherwise, shownValues, tally, toggled, VALUES, whySkipped, withColumn, withValue } from '../static/importing.js'
import { calledColumn, kindOf, noted, texts } from '../static/texts/importing.js'
import { calls } from '../static/api.js'
import { PAUSES, Refusal, Requests, TIMEOUT } from '../static/requests.js'
import { same, settled, test } from './harness.js'
import { StillWorld } from './world.js'

/** @param {number} row @param {boolean} [existing] */
const story = (row, existing = false) => ({ row, existing, key: '', title: 'Story ' + row, type: '', status: '', done: false, points: '', url: null, parent: '', sprint: '', story_id: null, estimate: null })

/** @param {Partial<Imported>} part @returns {Imported} */
const answer = (part) => ({ added: 3, columns: [], delimiter: ',', dry_run: true, encoding: 'utf-8', existing: 1, format: 'table', message: '', notes: [], original: true, room: 500, selected: 4, skipped: [], skipped_total: 0, sprints: [], statuses: [], types: [], stories: [story(2), story(3, true), story(4), story(5)], success: true, total: 4, tracker: 'Spreadsheet', version: 1, warnings: [], ...part })

test('nothing is asked for as long as nothing is chosen', () => {
  same(asked(noChoices(), '', null), [])
  same(asked({ ...noChoices(), encoding: 'gb18030', delimiter: 'tab', columns: { title: 3, url: -1 }, types: ['Bug', ''], sprints: ['A & B'], open: true, estimates: true }, 'a.csv', [2, 5]),
    [['name', 'a.csv'], ['encoding', 'gb18030'], ['delimiter', 'tab'], ['title', '3'], ['url', '-1'], ['types', 'Bug'], ['types', ''], ['sprints', 'A & B'], ['open', 'true'], ['estimates', 'true'], ['rows', '2,5']])
})

test('all rows need not be named, and of some only those that are new', () => {
  same(tally(answer({}), ALL), { adding: 3, rows: null, over: 0 })
  same(tally(answer({}), toggled(ALL, 4)), { adding: 2, rows: [2, 5], over: 0 })
  same(tally(answer({}), toggled(toggled(ALL, 4), 4)), { adding: 3, rows: null, over: 0 })
  same(tally(answer({}), toggled(NONE, 5)), { adding: 1, rows: [5], over: 0 })
  same(tally(answer({}), toggled(ALL, 99)), { adding: 3, rows: null, over: 0 }, 'with a row that a filter hides')
  same([extent(answer({}), ALL), extent(answer({}), toggled(ALL, 2)), extent(answer({}), NONE)], ['all', 'some', 'none'])
  same([isMarked(ALL, 2), isMarked(toggled(NONE, 2), 2), isMarked(NONE, 3)], [true, true, false])
})

test('stories that are not listed are added with all, and not with some', () => {
  const long = answer({ added: 450, selected: 1200, existing: 750 })
  same(tally(long, ALL).adding, 450)
  same(tally(long, toggled(ALL, 2)), { adding: 2, rows: [4, 5], over: 0 })
})

test('more than there is room for is counted', () => {
  same(tally(answer({ room: 1 }), ALL).over, 2)
  same(tally(answer({ room: 1 }), toggled(NONE, 2)).over, 0)
})

test('a column has one meaning, and a meaning that was chosen can be found out again', () => {
  let c = withColumn(noChoices(), 'title', 4)
  c = withColumn(c, 'key', 4)
  same(c.columns, { key: 4 })
  same(withColumn(withColumn(c, 'url', -1), 'parent', -1).columns, { key: 4, url: -1, parent: -1 })
  same(withColumn(c, 'key', null).columns, {})
})

test('what was chosen of values is forgotten when they are read from elsewhere', () => {
  const c = { ...noChoices(), types: ['Bug'], sprints: ['12'], open: true, columns: { title: 1 } }
  same(withColumn(c, 'type', 2).types, [])
  same(withColumn(c, 'type', 2).sprints, ['12'])
  same(readOtherwise(c, { delimiter: ';' }), { ...noChoices(), delimiter: ';', open: true })
  same(withValue(withValue(c, 'sprints', '13'), 'sprints', '12').sprints, ['13'])
})

test('columns of one name are told apart', () => {
  const columns = ['Sprint', 'Title', 'Sprint'].map((name, index) => ({ index, name, unnamed: false, meaning: name.toLowerCase(), sample: '' }))
  same(columns.map((c) => nameOf(c, columns)), ['Sprint (1)', 'Title', 'Sprint (2)'])
  same(columnsOf(answer({ columns }), 'sprint').map((c) => c.index), [0, 2])
})

test('of many values the first are shown, and those that are chosen', () => {
  const values = Array.from({ length: 40 }, (_, i) => ({ value: String(i) }))
  same(shownValues(values, ['30'], false).map((v) => v.value), [...values.slice(0, VALUES).map((v) => v.value), '30'])
  same(shownValues(values, [], true).length, 40)
})

test('why a row is no story is known of all that the server says', () => {
  same(whySkipped('no title'), { key: 'skip.title', params: {} })
  same(whySkipped('the same key as row 12: BOAT-7: old'), { key: 'skip.same', params: { row: '12', key: 'BOAT-7: old' } })
  same(whySkipped('a sum'), { key: 'skip.sum', params: {} })
  same(whySkipped('a line'), { key: 'skip.line', params: {} })
  same(whySkipped('something new'), null)
})

test('what to mind is said in the language that is spoken, if the page knows it', () => {
  /** @param {{code: any, n?: number, max?: number, row?: number, name?: string}} note */
  const said = (note) => noted({ n: 0, max: 0, row: 0, name: '', ...note })
  same(said({ code: 'cut_titles', n: 3, max: 500, row: 1204 }), '3 titles have more than 500 characters and were cut; the first is in row 1204.')
  same(said({ code: 'other_sheet', n: 2, name: 'Board' }), 'The workbook has 2 sheets; the one called “\u2068Board\u2069” was read.')
  same([said({ code: 'of_a_later_version' }), said({ code: 'toString' }), noted(undefined)], [null, null, null], 'what it does not know')
})

test('a column without a name that was taken for the title is called as where another can be chosen', () => {
  const columns = [{ index: 0, name: 'Key', unnamed: false, meaning: 'key', sample: 'PAY-1' }, { index: 1, name: '', unnamed: false, meaning: 'title', sample: 'Pay by invoice' }]
  same(noted({ code: 'guessed_title', n: 0, max: 0, row: 0, name: '' }, columns), 'No column is called a title; “Column 2” was taken for it. Choose another if that is wrong.')
  same(noted({ code: 'guessed_keys', n: 0, max: 0, row: 0, name: '' }, [{ ...columns[0], name: '' }]), 'The numbers in “Column 1” were taken for keys. If they only count the rows, choose that no column is the key.')
  same(noted({ code: 'guessed_title', n: 0, max: 0, row: 0, name: 'Thing' }, columns), 'No column is called a title; “\u2068Thing\u2069” was taken for it. Choose another if that is wrong.')
})

/** What is said in each language. @template T @param {() => T} say @returns {Promise<T[]>} */
async function inEach(say) {
  const page = globalThis.document
  globalThis.document ??= /** @type {any} */ ({ documentElement: {} })
  const said = []
  for (const lang of Object.keys(texts)) {
    await speak(lang)
    said.push(say())
  }
  await speak('en')
  if (!page) Reflect.deleteProperty(globalThis, 'document')
  return said
}

test('how much of the stories a file has reads well for one, in each language', async () => {
  same(await inEach(() => noted({ code: 'not_whole', n: 1, max: 3, row: 0, name: '' })?.split(/\s?:/)[0]), ['The file has 1 of 3 stories', 'Die Datei hat 1 von 3 Stories', 'Sur 3 stories, le fichier en a 1', 'El archivo tiene 1 de 3 historias'])
})

test('what the server has named in English is called as in the language that is spoken', async () => {
  const column = (/** @type {number} */ index, /** @type {string} */ name, /** @type {string|null} */ meaning = null) => ({ index, name, unnamed: true, meaning, sample: '' })
  same(await inEach(() => calledColumn(column(0, 'Column A'))), ['Column A', 'Spalte A', 'Colonne A', 'Columna A'])
  same([25, 26, 51, 52, 701, 702].map((n) => calledColumn(column(n, ''))), ['Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA'].map((l) => 'Column ' + l))
  same(calledColumn({ ...column(0, 'Column A'), unnamed: false }), 'Column A', 'a name that the file has')
  same(await inEach(() => kindOf({ format: 'table', tracker: 'Spreadsheet' })), ['Spreadsheet', 'Tabelle', 'Tableau', 'Hoja de cálculo'])
  same(await inEach(() => kindOf({ format: 'lines', tracker: 'List' })), ['List', 'Liste', 'Liste', 'Lista'])
  same(await inEach(() => kindOf({ format: 'jira-csv', tracker: 'Jira' })), ['Jira', 'Jira', 'Jira', 'Jira'])
  same(await inEach(() => ['title', 'heading', 'of a later version'].map((name) => calledColumn({ ...column(1, name), unnamed: false }, 'lines')).join()), [
    'Title,Heading,of a later version', 'Titel,Überschrift,of a later version', 'Titre,Titre de section,of a later version', 'Título,Encabezado,of a later version'])
  const columns = [column(0, 'Column A', 'points'), column(1, 'Column B', 'title'), column(2, 'Column C')]
  same((await inEach(() => noted({ code: 'guessed_title', n: 0, max: 0, row: 0, name: 'Column B' }, columns)?.match(/\S+\sB/)?.[0].replace(/^\W+/, ''))), ['Column B', 'Spalte B', 'Colonne B', 'Columna B'])
})

for (const [name, text, table] of /** @type {[string, string, boolean][]} */ ([
  ['a list', 'Pay by invoice\nEmpty basket', false],
  ['keys and titles', 'PAY-1\tPay by invoice\nPAY-2\tEmpty basket', false],
  ['sentences with commas', 'As a guest, I want boats, by day\nAs a club, I want to book, ahead', false],
  ['one row', 'PAY-1\tPay\tNotes', false],
  ['rows of three cells', 'PAY-1\tPay\t5\nPAY-2\tBasket\t', true],
  ['a cell with a line break', 'PAY-1\t"Pay\nby invoice"\nPAY-2\tBasket', true],
  ['a header and commas', 'Key,Summary\nPAY-1,Pay', true],
  ['a header and semicolons', 'Titel;Punkte\nZahlen;5', true],
])) test(`${name} ${table ? 'is a table' : 'is no table'}`, () => same(isTable(text), table))

test('of a clipboard with cells and their picture the cells are taken', () => {
  const clipboard = (/** @type {string} */ text, /** @type {number} */ files) => /** @type {any} */ ({ getData: () => text, files: Array.from({ length: files }, () => 'file') })
  same(brought(clipboard('a\tb', 1)), 'a\tb')
  same(brought(clipboard('', 1)), ['file'])
  same(brought(clipboard('one word', 0)), null)
  same(brought(clipboard('  \n', 0)), null)
  same(brought(null), null)
})

for (const [language, translated] of Object.entries(texts)) {
  test(`the texts of importing in ${language} are those of English, with the same parameters`, () => {
    const parameters = (/** @type {unknown} */ text) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort().join(' ')
    same(Object.keys(translated).join('\n'), Object.keys(texts.en).join('\n'), 'the keys')
    for (const [key, text] of Object.entries(texts.en)) {
      const other = /** @type {Record<string, unknown>} */ (translated)[key]
      same([typeof other, parameters(other)], [typeof text, parameters(text)], key)
    }
  })
}

const file = new Blob(['Key;Title'])

test('a file is sent as it is, by what counts it, and has its own time', async () => {
  const world = new StillWorld()
  const api = calls(new Requests(world))
  /** @type {RequestInit[]} */
  const sent = []
  let said
  api.previewImport('s', 'u', [['types', 'Bug'], ['types', 'Story']], file, { signal: new AbortController().signal, send: (path, init) => { sent.push(init); return world.fetch(path, init) }, timeout: 10 * TIMEOUT }).then((answer) => { said = answer })
  const request = await world.request()
  same(request.path, '/api/sessions/s/stories/import?user_id=u&dry_run=true&types=Bug&types=Story')
  same(sent.length === 1 && sent[0].body === file && !Object.keys(sent[0].headers ?? {}).length, true, 'the file alone')
  await world.pass(9 * TIMEOUT)
  await request.answer(200, { added: 1 })
  await settled()
  same(said, { added: 1 })
})

test('a file whose import was not answered is sent again with the same key', async () => {
  const world = new StillWorld()
  let refusal
  calls(new Requests(world)).importStories('s', 'u', [], file, { key: 'secret', send: world.fetch, timeout: TIMEOUT }).catch((e) => { refusal = e })
  await (await world.request()).lose()
  await world.pass(PAUSES[0])
  await (await world.request()).answer(422, { type: '/docs#file_not_understood', detail: 'It is a PDF.', row: 2, column: 3, reason: 'wrong_file' })
  await settled()
  same(world.requests.map((r) => r.key), ['secret', 'secret'])
  same(/** @type {any} */ (refusal) instanceof Refusal && /** @type {any} */ (refusal).place, { row: 2, column: 3, reason: 'wrong_file' })
})
