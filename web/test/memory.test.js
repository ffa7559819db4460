// @ts-check
import { note } from '../static/memory.js'
import { begin, get, set } from '../static/store.js'
import { same, settled, test } from './harness.js'

/** A round that was played before the page came, of which the session says no votes. */
const SHORT = { id: 'r-1', topic: 'Pay by invoice', story_id: null, estimate: '5', started_at: null, completed_at: '2026-01-01T00:00:00Z' }
const session = /** @type {any} */ ({ name: 'Squad', participants: [], rounds: [SHORT], current_round: null })

/** Opens a session in which this page has a seat. @param {string} id */
const opens = (id) => set({ room: /** @type {any} */ ({ id, me: 'u-' + id, history: [], names: {}, session }) })

/** @type {{path: string, answer: (said: unknown) => void}[]} */
let asked = []

/** Runs with a server that answers when a test wants it. @param {() => Promise<void>} run */
async function served(run) {
  const { fetch } = globalThis
  asked = []
  globalThis.fetch = /** @type {any} */ ((/** @type {string} */ path) => new Promise((done) => asked.push({ path, answer: (said) => done(new Response(JSON.stringify(said))) })))
  begin(/** @type {any} */ ({ room: null }), () => {})
  await run().finally(() => { globalThis.fetch = fetch })
}

const votes = () => get().room?.history.map((r) => r.votes)

test('the rounds of a session are asked for while those of the one before are on their way', () => served(async () => {
  opens('one')
  note('one', session)
  note('one', session)
  await settled()
  opens('two')
  note('two', session)
  await settled()
  same(asked.map((a) => a.path), ['/api/sessions/one/rounds?user_id=u-one', '/api/sessions/two/rounds?user_id=u-two'])
  asked[0].answer([{ ...SHORT, votes: { 'u-one': '3' } }])
  await settled()
  same(votes(), [undefined], 'with the answer for the one before')
  note('two', session)
  await settled()
  same(asked.length, 2, 'requests after the next event')
  asked[1].answer([{ ...SHORT, votes: { 'u-two': '8' } }])
  await settled()
  same(votes(), [{ 'u-two': '8' }])
}))

test('rounds that did not come are asked for again after the next event', () => served(async () => {
  opens('one')
  for (const said of [null, [{ ...SHORT, votes: {} }]]) {
    note('one', session)
    await settled()
    asked.at(-1)?.answer(said)
    await settled()
  }
  same([asked.length, votes()], [2, [{}]])
}))
