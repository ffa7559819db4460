// @ts-check
/** @import { Session, Round, Me, Created, Joined } from './types.js' */

/** The server, or the way to it, said no. */
export class Refusal extends Error {
  /** @param {number} status 0 when no answer came @param {string} title @param {string} detail */
  constructor(status, title, detail) {
    super(detail || title)
    this.status = status
    this.title = title
  }
}

/** @type {(ms: number) => void} */
let onServerTime = () => {}

/** Names a listener for the server's clock, told with every answer. @param {(ms: number) => void} listener */
export function listenToClock(listener) { onServerTime = listener }

/** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
async function call(method, path, body) {
  let answer
  try {
    answer = await fetch('/api' + path, body ? { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : { method })
  } catch {
    throw new Refusal(0, '', '')
  }
  const date = Date.parse(answer.headers.get('Date') ?? '')
  if (date) onServerTime(date)
  const said = await answer.json().catch(() => null)
  if (!answer.ok) throw new Refusal(answer.status, said?.error ?? '', said?.detail ?? '')
  return said
}

/** @param {string} id @param {string} verb @param {Record<string, string>} who */
const at = (id, verb, who) => `/sessions/${encodeURIComponent(id)}${verb}?${new URLSearchParams(who)}`

export const api = {
  /** @param {string} name @param {Me} me @param {number} countdown in seconds @returns {Promise<Created>} */
  create: (name, me, countdown) => call('POST', '/sessions/', {
    name, creator_name: me.name, creator_avatar: me.avatar, settings: countdown ? { reveal_countdown_seconds: countdown } : undefined,
  }),
  /** @param {string} id @param {Me} me @returns {Promise<Joined>} */
  join: (id, me) => call('POST', `/sessions/${encodeURIComponent(id)}/join`, { user_name: me.name, user_avatar: me.avatar }),
  /** @param {string} id @param {string|null} me @returns {Promise<Session>} */
  session: (id, me) => call('GET', at(id, '', me ? { user_id: me } : {})),
  /** @param {string} id @param {string} me @returns {Promise<Round|null>} */
  round: (id, me) => call('GET', at(id, '/round', { user_id: me })),
  /** @param {string} id @param {string} me */
  leave: (id, me) => call('POST', at(id, '/leave', { user_id: me })),
  /** @param {string} id @param {string} me */
  end: (id, me) => call('DELETE', at(id, '', { user_id: me })),
  /** @param {string} id @param {string} me @param {string} topic */
  start: (id, me, topic) => call('POST', at(id, '/start', { user_id: me }), topic ? { topic } : undefined),
  /** @param {string} id @param {string} me @param {string|null} card null takes the card back */
  vote: (id, me, card) => card === null ? call('DELETE', at(id, '/vote', { user_id: me })) : call('POST', at(id, '/vote', { user_id: me }), { vote: card }),
  /** @param {string} id @param {string} me */
  reveal: (id, me) => call('POST', at(id, '/reveal', { user_id: me })),
  /** @param {string} id @param {string} me @param {string|null} estimate */
  accept: (id, me, estimate) => call('POST', at(id, '/accept', { user_id: me }), { estimate }),
  /** @param {string} id @param {string} me */
  extend: (id, me) => call('POST', at(id, '/extend', { user_id: me })),
  /** @param {string} id @param {string} me @param {string} other */
  kick: (id, me, other) => call('POST', at(id, '/kick/' + encodeURIComponent(other), { kicker_id: me })),
  /** @param {string} id @param {string} me @param {string} other */
  transfer: (id, me, other) => call('POST', at(id, '/transfer', { new_master_id: other, current_master_id: me })),
}
