// @ts-check
/** @import { World } from './types.js' */

/** How long a file may take until its answer is there, in milliseconds: the server waits two minutes for it, and then for its turn. */
export const TIMEOUT = 150_000

/** Sends like fetch, and says how much of the body has been sent, which fetch cannot. @param {(part: number) => void} progress from 0 to 1 @returns {World['fetch']} */
export const counted = (progress) => (path, { method = 'POST', body, headers, signal }) => new Promise((done, failed) => {
  const x = new XMLHttpRequest()
  x.open(method, path)
  for (const [name, value] of Object.entries(headers ?? {})) x.setRequestHeader(name, value)
  x.upload.onprogress = (e) => { if (e.total) progress(e.loaded / e.total) }
  x.upload.onload = () => progress(1)
  x.onload = () => {
    try {
      done(answerOf(x))
    } catch (e) {
      failed(e)
    }
  }
  x.onerror = x.ontimeout = x.onabort = () => failed(new TypeError('the file was not sent'))
  if (signal?.aborted) return failed(new TypeError('the file is not to be sent'))
  signal?.addEventListener('abort', () => x.abort())
  x.send(/** @type {XMLHttpRequestBodyInit} */ (body ?? null))
})

/** Fails for a status that is none. @param {XMLHttpRequest} x */
const answerOf = (x) => new Response(x.responseText || null, { status: x.status, headers: ['Date', 'Retry-After'].flatMap((name) => { const value = x.getResponseHeader(name); return value ? [[name, value]] : [] }) })
