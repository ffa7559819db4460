// @ts-check
import { Refusal } from './requests.js'

/**
 * Adds something that somebody may change and send again while it is not known whether it was added. All that is sent until then has one key: the server takes one of it, and refuses the others by
 * saying that the key is in use. So nothing is added twice.
 * @template {object} B @template A
 */
export class Once {
  /** @param {(body: B, key: string) => Promise<A>} send @param {() => string} key a new one */
  constructor(send, key) {
    this.send = send
    this.newKey = key
    /** What was sent with the key, and may have been taken. @type {{key: string, sent: B[]}|null} */
    this.doubt = null
  }

  /** @param {B} body @returns {Promise<{said: A, taken: B}>} the answer, and what was taken: this, or what was sent before */
  async add(body) {
    const { key, sent } = this.doubt ?? { key: this.newKey(), sent: [] }
    const before = sent.filter((b) => !alike(b, body))
    this.doubt = { key, sent: [...before, body] }
    /** @type {unknown} */
    let refusal
    for (const taken of [body, ...before]) {
      try {
        const said = await this.send(taken, key)
        this.doubt = null
        return { said, taken }
      } catch (e) {
        refusal = e
        if (!(e instanceof Refusal) || e.kind !== 'key_reused') break
        this.doubt = { key, sent: before } // it is one of these
      }
    }
    // What was entered wrongly is said before anybody looks at the key.
    if (refusal instanceof Refusal && refusal.settles && (refusal.status !== 422 || !before.length || refusal.kind === 'key_reused')) this.doubt = null
    throw refusal
  }
}

/** @param {object} a @param {object} b */
const alike = (a, b) => JSON.stringify(a) === JSON.stringify(b)
