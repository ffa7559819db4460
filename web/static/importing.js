// @ts-check
/** @import { Imported, ImportColumn, ImportedStory } from './types.js' */

/** How large a file may be, in bytes; how many of its rows are drawn at once; and how many values of a filter are shown before somebody asks for all. */
export const MOST_BYTES = 10 * 1024 * 1024
export const ROWS = 500
export const VALUES = 12

/** What a column can be, in the order of the server's. */
export const MEANINGS = /** @type {const} */ (['key', 'title', 'description', 'type', 'status', 'points', 'url', 'parent', 'sprint'])
/** @typedef {typeof MEANINGS[number]} Meaning */

/** How letters may be encoded, and the names by which people know it. */
export const ENCODINGS = {
  'utf-8': 'UTF-8', 'utf-16le': 'UTF-16 LE', 'utf-16be': 'UTF-16 BE', 'windows-1252': 'Windows-1252', 'iso-8859-1': 'ISO-8859-1', 'iso-8859-2': 'ISO-8859-2', 'iso-8859-9': 'ISO-8859-9', 'iso-8859-15': 'ISO-8859-15',
  'windows-1250': 'Windows-1250', 'windows-1251': 'Windows-1251', 'windows-1254': 'Windows-1254', 'windows-874': 'Windows-874', macintosh: 'Macintosh', shift_jis: 'Shift JIS', 'euc-kr': 'EUC-KR', gb18030: 'GB18030', big5: 'Big5',
}

/** What may separate cells, as the server is asked for it; lines are one story each. */
export const DELIMITERS = /** @type {const} */ ([',', ';', 'tab', '|', 'lines'])

/** What a story can be chosen by. */
export const FILTERS = /** @type {const} */ (['types', 'statuses', 'sprints'])
/** @typedef {typeof FILTERS[number]} Filter */

/**
 * What a person has chosen: how the file is to be read, and which of its stories are wanted. Empty texts and lists leave it to the server.
 * @typedef {{encoding: string, delimiter: string, columns: Partial<Record<Meaning, number>>, types: string[], statuses: string[], sprints: string[], open: boolean, estimates: boolean}} Choices
 * @typedef {{all: boolean, except: ReadonlySet<number>}} Marks which rows are ticked: all or none, but for some
 * @typedef {{adding: number, rows: number[]|null, over: number}} Tally how many stories would be added; which rows have to be named for that, null for none; and how many of them are too many
 */

/** @returns {Choices} */
export const noChoices = () => ({ encoding: '', delimiter: '', columns: {}, types: [], statuses: [], sprints: [], open: false, estimates: false })

/** @type {Marks} */
export const ALL = { all: true, except: new Set() }
/** @type {Marks} */
export const NONE = { all: false, except: new Set() }

/** @param {Marks} marks @param {number} row */
export const isMarked = ({ all, except }, row) => all !== except.has(row)

/** @param {Marks} marks @param {number} row @returns {Marks} */
export function toggled({ all, except }, row) {
  const next = new Set(except)
  if (!next.delete(row)) next.add(row)
  return { all, except: next }
}

/** What the choices are for the server. @param {Choices} c @param {string} name of the file @param {number[]|null} rows @returns {string[][]} */
export function asked(c, name, rows) {
  /** @type {string[][]} */
  const query = []
  if (name) query.push(['name', name])
  if (c.encoding) query.push(['encoding', c.encoding])
  if (c.delimiter) query.push(['delimiter', c.delimiter])
  for (const [meaning, column] of Object.entries(c.columns)) query.push([meaning, String(column)])
  for (const filter of FILTERS) for (const value of c[filter]) query.push([filter, value])
  if (c.open) query.push(['open', 'true'])
  if (c.estimates) query.push(['estimates', 'true'])
  if (rows) query.push(['rows', rows.join(',')])
  return query
}

/** The choices when a file is read otherwise: what was chosen of its columns and values may mean something else then. @param {Choices} c @param {Partial<Pick<Choices, 'encoding'|'delimiter'>>} part @returns {Choices} */
export const readOtherwise = (c, part) => ({ ...noChoices(), encoding: c.encoding, delimiter: c.delimiter, open: c.open, estimates: c.estimates, ...part })

/** The filter that a meaning belongs to. @type {Partial<Record<Meaning, Filter>>} */
const FILTER_OF = { type: 'types', status: 'statuses', sprint: 'sprints' }

/** The choices with a column for a meaning: it has no other one then. @param {Choices} c @param {Meaning} meaning @param {number|null} column null: as the server understands it; -1: none @returns {Choices} */
export function withColumn(c, meaning, column) {
  const columns = Object.fromEntries(Object.entries(c.columns).filter(([m, at]) => m !== meaning && (column === null || column < 0 || at !== column)))
  const filter = FILTER_OF[meaning]
  return { ...c, columns: column === null ? columns : { ...columns, [meaning]: column }, ...(filter && { [filter]: [] }) }
}

/** The choices with a value of a filter, or without it. @param {Choices} c @param {Filter} filter @param {string} value @returns {Choices} */
export const withValue = (c, filter, value) => ({ ...c, [filter]: c[filter].includes(value) ? c[filter].filter((v) => v !== value) : [...c[filter], value] })

/** The columns that were understood as something. @param {Imported} answer @param {Meaning} meaning @returns {ImportColumn[]} */
export const columnsOf = ({ columns }, meaning) => columns.filter((c) => c.meaning === meaning)

/** What a column is called: columns of the same name are counted. @param {ImportColumn} column @param {ImportColumn[]} all */
export function nameOf({ index, name }, all) {
  const alike = all.filter((c) => c.name === name)
  return alike.length > 1 ? `${name} (${alike.findIndex((c) => c.index === index) + 1})` : name
}

/** The stories that would be new on the list, of those that are listed. @param {Imported} answer @returns {ImportedStory[]} */
const fresh = ({ stories }) => stories.filter((s) => !s.existing)

/** What would become of the rows that are ticked. Only rows that are listed can be named. @param {Imported} answer @param {Marks} marks @returns {Tally} */
export function tally(answer, marks) {
  const rows = fresh(answer).map((s) => s.row)
  const marked = rows.filter((row) => isMarked(marks, row))
  const whole = marks.all && marked.length === rows.length
  const adding = whole ? answer.added : marked.length
  return { adding, rows: whole ? null : marked, over: Math.max(0, adding - answer.room) }
}

/** Whether some of the rows that could be added are ticked, all, or none. @param {Imported} answer @param {Marks} marks @returns {'all'|'some'|'none'} */
export function extent(answer, marks) {
  const rows = fresh(answer)
  const n = rows.filter((s) => isMarked(marks, s.row)).length
  return n === rows.length ? 'all' : n ? 'some' : 'none'
}

/** The values of a filter that are shown: the first ones, and those that are chosen. @template {{value: string}} V @param {V[]} values @param {string[]} chosen @param {boolean} all @returns {V[]} */
export const shownValues = (values, chosen, all) => all ? values : values.filter((v, i) => i < VALUES || chosen.includes(v.value))

/** Why a row is no story, as the server says it: the key of a text, and its parameters; null for what this page does not know. @param {string} reason @returns {{key: 'skip.title'|'skip.noColumn'|'skip.unseen'|'skip.same'|'skip.header'|'skip.subheader'|'skip.group'|'skip.summary'|'skip.sum'|'skip.line', params: Record<string, string|number>}|null} */
export function whySkipped(reason) {
  const same = /^the same key as row (\d+): (.*)$/s.exec(reason)
  if (same) return { key: 'skip.same', params: { row: same[1], key: same[2] } }
  const key = SKIPPED[reason]
  return key ? { key, params: {} } : null
}

/** @type {Record<string, 'skip.title'|'skip.noColumn'|'skip.unseen'|'skip.header'|'skip.subheader'|'skip.group'|'skip.summary'|'skip.sum'|'skip.line'>} */
const SKIPPED = {
  'no title': 'skip.title', 'no column for the title was found': 'skip.noColumn', 'no title that can be seen': 'skip.unseen', 'the header again': 'skip.header', 'the header of subitems': 'skip.subheader',
  'the name of a group': 'skip.group', 'a summary': 'skip.summary', 'a sum': 'skip.sum', 'a line': 'skip.line',
}
