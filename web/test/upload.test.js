// @ts-check
import { counted } from '../static/upload.js'
import { same, settled, test } from './harness.js'

/** A request whose end a test brings about. */
class Sent {
  constructor() {
    this.status = 0
    this.responseText = ''
    /** @type {{onprogress?: (e: {total: number, loaded: number}) => void, onload?: () => void}} */
    this.upload = {}
    /** @type {(() => void)|undefined} */
    this.onload = undefined
    /** @type {(() => void)|undefined} */
    this.onabort = undefined
    Sent.last = this
  }

  open() {}
  setRequestHeader() {}
  send() {}
  abort() { this.onabort?.() }
  getResponseHeader() { return null }

  /** @param {number} status @param {string} text */
  ends(status, text) {
    Object.assign(this, { status, responseText: text })
    this.onload?.()
  }
}
/** @type {Sent|undefined} */
Sent.last = undefined

/** Sends a file, and says what has become of it. */
function sends() {
  const browsers = globalThis.XMLHttpRequest
  globalThis.XMLHttpRequest = /** @type {any} */ (Sent)
  const seen = { parts: /** @type {number[]} */ ([]), status: 0, text: '', failed: false }
  counted((part) => seen.parts.push(part))('/x', { method: 'POST', body: new Blob(['a']) }).then(async (answer) => {
    seen.status = answer.status
    seen.text = await answer.text()
  }, () => { seen.failed = true })
  globalThis.XMLHttpRequest = browsers
  return { seen, request: /** @type {Sent} */ (Sent.last) }
}

test('a file is sent, and how far it has come is said', async () => {
  const { seen, request } = sends()
  request.upload.onprogress?.({ total: 4, loaded: 1 })
  request.upload.onload?.()
  request.ends(200, '{}')
  await settled()
  same(seen, { parts: [0.25, 1], status: 200, text: '{}', failed: false })
})

test('an answer that has no text, or a status that is none, is one all the same', async () => {
  for (const [status, want] of [[204, false], [304, false], [999, true]]) {
    const { seen, request } = sends()
    request.ends(Number(status), '')
    await settled()
    same([seen.failed, seen.failed ? 0 : seen.status], want ? [true, 0] : [false, status], `${status}`)
  }
})
