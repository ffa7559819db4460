// @ts-check

/** Names of columns that tables of stories begin with. */
const HEADERS = /(?:^|[,;"\s])(?:key|id|title|summary|name|subject|story|type|status|points|titel|zusammenfassung|titre|résumé|título|resumen)(?:$|[,;"\s])/i

/**
 * Whether a pasted text is a table that deserves a look before it is taken: rows of three cells or more, cells with line breaks in quotes, or a header with commas or semicolons.
 * A list with one story a line, or with keys before the titles, is none.
 * @param {string} text
 */
export function isTable(text) {
  const lines = text.split(/\r\n|[\r\n]/).filter((line) => line.trim())
  if (lines.length < 2) return false
  const cells = (/** @type {string} */ line, /** @type {string} */ by) => line.split(by).length
  if (text.includes('\t') && lines.some((line) => /(?:^|\t)"/.test(line) && cells(line, '"') % 2 === 0)) return true // a cell that goes on in the next line
  if (cells(lines[0], '\t') > 2 && cells(lines[1], '\t') > 1) return true
  return [',', ';'].some((by) => cells(lines[0], by) > 1 && cells(lines[1], by) > 1 && HEADERS.test(lines[0]))
}

/** What a clipboard or a drop brings: files, or a text of several rows. Spreadsheets put a picture of the cells beside them, which nobody means. @param {DataTransfer|null} data @returns {File[]|string|null} */
export function brought(data) {
  const text = data?.getData('text/plain') ?? ''
  if (text.trim()) return /[\r\n\t]/.test(text.trim()) ? text : null
  return data?.files.length ? [...data.files] : null
}
