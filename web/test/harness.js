// @ts-check
// The tests run in Node, where node:test reports, and in a browser, where the page that loads them asks for the results. They take nothing that only one of the two has.

/** @type {{name: string, run: () => unknown}[]} */
const waiting = []
const inNode = 'process' in globalThis

/** @type {(name: string, run: () => unknown) => void} */
export const test = inNode ? (await import(/** @type {any} */ ('node:test'))).test : (name, run) => { waiting.push({ name, run }) }

/** Runs what was declared, in a browser. @returns {Promise<{name: string, error: string}[]>} one for each test; no error is an empty one */
export async function results() {
  const all = []
  for (const { name, run } of waiting) {
    try {
      await run()
      all.push({ name, error: '' })
    } catch (e) {
      all.push({ name, error: String(/** @type {Error} */ (e).stack ?? e) })
    }
  }
  return all
}

/** Fails unless both are the same, member by member. @param {unknown} got @param {unknown} want @param {string} [what] */
export function same(got, want, what = 'it') {
  const all = differences(got, want, what)
  if (all.length) throw new Error(all.join('\n'))
}

/** Where two values differ. @param {unknown} got @param {unknown} want @param {string} at @returns {string[]} */
function differences(got, want, at) {
  if (Object.is(got, want)) return []
  if (!isObject(got) || !isObject(want) || Array.isArray(got) !== Array.isArray(want)) return [`${at} is ${JSON.stringify(got)}, want ${JSON.stringify(want)}`]
  return [...new Set([...Object.keys(got), ...Object.keys(want)])].flatMap((key) => differences(got[key], want[key], `${at}.${key}`))
}

/** @param {unknown} v @returns {v is Record<string, unknown>} */
const isObject = (v) => typeof v === 'object' && v !== null

/** A file beside this module; null if there is none. @param {string} path @returns {Promise<string|null>} */
export async function read(path) {
  const url = new URL(path, import.meta.url)
  if (!inNode) {
    const answer = await fetch(url)
    return answer.ok ? answer.text() : null
  }
  const { readFile } = await import(/** @type {any} */ ('node:fs/promises'))
  return readFile(url, 'utf8').catch(() => null)
}

/** Lets everything happen that needs no time to pass. Messages take turns with what waits; timers would, too, but browsers slow them down. */
export async function settled() {
  for (let turn = 0; turn < 8; turn++) {
    await new Promise((done) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => { port1.close(); done(undefined) }
      port2.postMessage(null)
    })
  }
}
