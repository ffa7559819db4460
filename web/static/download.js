// @ts-check

/** @typedef {{name: string, content: Blob}} File */

/** The file that an answer is. Fails if it is none: a proxy may answer with a page of its own. @param {Response} answer @returns {Promise<File>} */
export async function fileOf(answer) {
  const name = nameIn(answer.headers.get('Content-Disposition') ?? '')
  if (!name) throw new Error('the answer is no file')
  return { name, content: await answer.blob() }
}

/** The name of the file in a Content-Disposition: as it is, in quotes, or with its letters outside ASCII encoded (RFC 6266). @param {string} header @returns {string} empty if it has none */
export function nameIn(header) {
  const encoded = /;\s*filename\*=utf-8''([^;\s]+)/i.exec(header)
  if (encoded) return decodeURIComponent(encoded[1])
  const [, quoted, plain] = /;\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header) ?? []
  return quoted?.replace(/\\(.)/g, '$1') ?? plain ?? ''
}

/** How long a browser may take to begin, in milliseconds, before the content is let go. */
const LONGEST = 60_000

/** Has the browser keep a file where it keeps downloads. A link to the server would do so, too, but say nothing if the server refuses. @param {File} file */
export function download({ name, content }) {
  const url = URL.createObjectURL(content)
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), LONGEST)
}
