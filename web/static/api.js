// @ts-check
/** @import { Session, Round, Me, Created, Joined } from './types.js' */
import { Refusal, Requests } from './requests.js'

export { Refusal }

/** @param {string} id @param {string} verb @param {Record<string, string>} who */
const at = (id, verb, who) => `/sessions/${encodeURIComponent(id)}${verb}?${new URLSearchParams(who)}`

/**
 * Every call that the page makes. What changes something is tried again by itself while the outcome is unknown; the refusal that is thrown is the last one.
 * @param {Requests} requests
 */
export function calls(requests) {
  /** Keys of calls that seat somebody and whose outcome is unknown: made again by hand, each is the same call. @type {Map<string, string>} */
  const unsettled = new Map()

  /** Seats somebody, once, however often it is tried. @param {string} path @param {object} body @returns {Promise<any>} */
  async function seated(path, body) {
    const what = path + JSON.stringify(body)
    const key = unsettled.get(what) ?? requests.key()
    unsettled.delete(what)
    try {
      return await requests.call('POST', path, body, { key })
    } catch (e) {
      if (e instanceof Refusal && e.unknown) unsettled.set(what, key)
      throw e
    }
  }

  return {
    /** @param {string} name @param {Me} me @param {number} countdown in seconds @returns {Promise<Created>} */
    create: (name, me, countdown) => seated('/sessions/', {
      name, creator_name: me.name, creator_avatar: me.avatar, settings: countdown ? { reveal_countdown_seconds: countdown } : undefined,
    }),
    /** @param {string} id @param {Me} me @returns {Promise<Joined>} */
    join: (id, me) => seated(`/sessions/${encodeURIComponent(id)}/join`, { user_name: me.name, user_avatar: me.avatar }),
    /** Asks once: the callers of this one have their own pauses. @param {string} id @param {string|null} me @returns {Promise<Session>} */
    session: (id, me) => requests.once('GET', at(id, '', me ? { user_id: me } : {})),
    /** @param {string} id @param {string} me @returns {Promise<Round|null>} */
    round: (id, me) => requests.call('GET', at(id, '/round', { user_id: me })),
    /** @param {string} id @param {string} me */
    leave: (id, me) => requests.call('POST', at(id, '/leave', { user_id: me })),
    /** @param {string} id @param {string} me */
    end: (id, me) => requests.call('DELETE', at(id, '', { user_id: me })),
    /** @param {string} id @param {string} me @param {string} topic */
    start: (id, me, topic) => requests.call('POST', at(id, '/start', { user_id: me }), topic ? { topic } : undefined),
    /** @param {string} id @param {string} me @param {string|null} card null takes the card back @param {AbortSignal} [newer] aborted when there is a newer wish @returns {Promise<unknown>} */
    vote: (id, me, card, newer) => requests.call(card === null ? 'DELETE' : 'POST', at(id, '/vote', { user_id: me }), card === null ? undefined : { vote: card }, { newer }),
    /** @param {string} id @param {string} me */
    reveal: (id, me) => requests.call('POST', at(id, '/reveal', { user_id: me })),
    /** @param {string} id @param {string} me @param {string|null} estimate */
    accept: (id, me, estimate) => requests.call('POST', at(id, '/accept', { user_id: me }), { estimate }),
    /** @param {string} id @param {string} me */
    extend: (id, me) => requests.call('POST', at(id, '/extend', { user_id: me })),
    /** Every completed round, whole. @param {string} id @param {string} me @returns {Promise<Round[]>} */
    rounds: (id, me) => requests.call('GET', at(id, '/rounds', { user_id: me })),
    /** @param {string} id @param {string} me @param {Me} as */
    profile: (id, me, as) => requests.call('POST', at(id, '/profile', { user_id: me }), as),
    /** By which others can reach the server; it tells only who is on its own machine. @returns {Promise<{addresses: string[]}>} */
    addresses: () => requests.once('GET', '/addresses'),
    /** @param {string} id @param {string} me @param {string} other */
    kick: (id, me, other) => requests.call('POST', at(id, '/kick/' + encodeURIComponent(other), { kicker_id: me })),
    /** @param {string} id @param {string} me @param {string} other */
    transfer: (id, me, other) => requests.call('POST', at(id, '/transfer', { new_master_id: other, current_master_id: me })),
  }
}

const requests = new Requests()

/** Names a listener for the server's clock. @param {(ms: number) => void} listener hears it with every answer */
export function listenToClock(listener) { requests.onServerTime = listener }

export const api = calls(requests)
