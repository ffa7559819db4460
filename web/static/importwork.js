// @ts-check
/** @import { Imported, Room } from './types.js' */
/** @import { Choices, Marks } from './importing.js' */
import { api, Refusal } from './api.js'
import { wantFocus } from './focus.js'
import { ALL, asked, MOST_BYTES, noChoices, tally } from './importing.js'
import { get, set } from './store.js'
import { counted, TIMEOUT } from './upload.js'

/**
 * The import that is under way. Nothing of it is kept anywhere else, and it outlives its dialog: who closes it by mistake finds it again.
 * @typedef {object} Work
 * @property {string} session
 * @property {string} text what stands in the field for a pasted text
 * @property {string} name of the file; empty for a pasted text
 * @property {Blob|null} file
 * @property {boolean} several more than one file was brought, and this is the first
 * @property {'large'|'unreadable'|null} fault why the file was not even sent
 * @property {Choices} choices
 * @property {Marks} marks
 * @property {number} from the first row that is drawn
 * @property {Imported|null} answer of the last dry run; it is old while another one is under way
 * @property {Refusal|null} refusal of the last request
 * @property {''|'opening'|'looking'|'adding'} busy
 * @property {number} sent how much of the file has been sent, from 0 to 1
 * @property {string} key of the request that adds, once it was made: made again by hand it is the same
 * @property {AbortController} abort ends the dry run
 */

/** How long somebody may go on choosing before the next dry run, in milliseconds. */
const PAUSE = 250
/** How often a dry run is made again while the server is busy, and the shortest pause before, in milliseconds. */
const TRIES = 5
const BUSY = 1_000

/** @param {string} session @returns {Work} */
const empty = (session) => ({ session, text: '', name: '', file: null, several: false, fault: null, choices: noChoices(), marks: ALL, from: 0, answer: null, refusal: null, busy: '', sent: 0, key: '', abort: new AbortController() })

/** @type {Work} */
let work = empty('')

/** The import of that session. @param {string} session */
export function workOf(session) {
  if (work.session !== session) begin(session)
  return work
}

/** Begins anew. @param {string} session @param {Partial<Work>} [part] */
export function begin(session, part) {
  work.abort.abort()
  work = { ...empty(session), ...part }
  set({})
}

/** @param {Partial<Work>} part */
function change(part) {
  work = { ...work, ...part }
  set({})
}

/** @param {string} text */
export const type = (text) => change({ text })

/** Takes a file, or a text of several rows, and looks what is in it. @param {string} session @param {File[]|string} source */
export async function take(session, source) {
  const [file] = typeof source === 'string' ? [] : source
  const name = file?.name ?? ''
  begin(session, { name, text: typeof source === 'string' ? source : '', several: typeof source !== 'string' && source.length > 1, busy: 'opening' })
  wantFocus('#import-file')
  const { abort } = work
  const blob = typeof source === 'string' ? new Blob([source], { type: 'text/plain' }) : await copied(file)
  if (abort.signal.aborted) return
  if (!blob || blob.size > MOST_BYTES) {
    wantFocus('#import-choose')
    return change({ busy: '', fault: blob ? 'large' : 'unreadable' })
  }
  change({ file: blob })
  await look(0)
}

/** A file as it is now: it may be changed or go before it is sent for the last time. Null: it cannot be read, as a folder cannot. @param {File} file @returns {Promise<Blob|null>} */
async function copied(file) {
  if (file.size > MOST_BYTES) return file
  return file.arrayBuffer().then((bytes) => new Blob([bytes]), () => null)
}

/** Other choices: a moment later the server is asked again. @param {Choices} choices @param {Partial<Work>} [part] */
export function choose(choices, part) {
  if (work.busy === 'adding') return
  change({ choices, from: 0, key: '', ...part })
  void look(PAUSE)
}

/** @param {Marks} marks */
export const mark = (marks) => change({ marks, key: '', refusal: work.refusal?.status === 409 ? null : work.refusal })

/** @param {number} from */
export const turn = (from) => change({ from })

/** Asks once more. */
export const again = () => void look(0)

/** The list has changed since: what is on it already may be another. @param {Room} room */
export function follow({ session }) {
  if (work.answer && !work.busy && !work.refusal && (session?.backlog.version ?? 0) > work.answer.version) void look(PAUSE)
}

/** @param {number} part */
const progress = (part) => { if (work.busy) change({ sent: part }) }

/** Makes a dry run, in the place of the one before. @param {number} pause in milliseconds */
async function look(pause) {
  const { room } = get()
  const { file, session } = work
  work.abort.abort()
  if (!file || room?.id !== session || !room.me) return
  const abort = new AbortController()
  change({ abort, busy: 'looking', sent: 0, refusal: null })
  await wait(pause, abort.signal)
  for (let tries = 1; !abort.signal.aborted; tries++) {
    try {
      const answer = await api.previewImport(session, room.me, asked(work.choices, work.name, null), file, { signal: abort.signal, send: counted((part) => { if (!abort.signal.aborted) progress(part) }), timeout: TIMEOUT })
      if (!abort.signal.aborted) change({ answer, busy: '' })
      return
    } catch (e) {
      if (!(e instanceof Refusal)) throw e
      if (abort.signal.aborted) return
      if (tries === TRIES || ![429, 503].includes(e.status)) return change({ refusal: e, busy: '' })
      await wait(Math.max(BUSY, e.retryAfter), abort.signal)
    }
  }
}

/** Adds the stories that are chosen. @returns {Promise<Imported|null>} null: it was refused, which the dialog says */
export async function add() {
  const { room } = get()
  const { file, answer, session } = work
  if (!file || !answer || work.busy || room?.id !== session || !room.me) return null
  work.abort.abort()
  change({ busy: 'adding', sent: 0, refusal: null, key: work.key || api.key() })
  const mine = work.key
  try {
    const done = await api.importStories(session, room.me, asked(work.choices, work.name, tally(answer, work.marks).rows), file, { key: mine, send: counted((part) => { if (work.key === mine) progress(part) }), timeout: TIMEOUT })
    if (work.key === mine) begin(session)
    return done
  } catch (e) {
    if (!(e instanceof Refusal)) throw e
    if (work.key === mine) change({ busy: '', refusal: e, key: e.unknown ? mine : '' })
    return null
  }
}

/** @param {number} ms @param {AbortSignal} signal ends the wait @returns {Promise<void>} */
const wait = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms)
  signal.addEventListener('abort', () => { clearTimeout(timer); done() })
})
