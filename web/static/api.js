// @ts-check
/** @import { Session, Round, Me, Created, DeckRequest, Joined, Role, Seat, SeatLink, SettingsRequest } from './types.js' */
/** @import { How, Once, Options } from './requests.js' */
/** @import { Imported, Report, StoriesDone, StoryAnswer } from './types.js' */
/** @import { StoryList } from './openapi.js' */
import { Refusal, Requests } from './requests.js'

export { Refusal }

/** @typedef {Options['still']} Still whether the call still makes sense when the line is back */
/** @typedef {{key: string, newer: AbortSignal}} Wish newer: aborted when there is a newer wish */

/** @typedef {{topic: string}|{story_id: string}} About what a round is about */

/** Of what is meant whenever it arrives. */
const always = { still: async () => true }

/** @param {string} id @param {string} verb @param {Record<string, string>|string[][]} who */
const at = (id, verb, who) => `/sessions/${encodeURIComponent(id)}${verb}?${new URLSearchParams(who)}`

/** @param {string} story */
const ofStory = (story) => '/stories/' + encodeURIComponent(story)

/**
 * Every call that the page makes. What changes something is tried again by itself while the outcome is unknown; the refusal that is thrown is the last one.
 * @param {Requests} requests
 */
export function calls(requests) {
  /** Keys of calls that add somebody or something and whose outcome is unknown: made again by hand, each is the same call. @type {Map<string, string>} */
  const unsettled = new Map()

  /** Adds somebody or something, once, however often it is tried. @param {string} path @param {object} body @param {Pick<Options, 'still'>} [options] @returns {Promise<any>} */
  async function added(path, body, options) {
    const what = path + JSON.stringify(body)
    const key = unsettled.get(what) ?? requests.key()
    unsettled.set(what, key)
    try {
      const said = await requests.call('POST', path, body, { ...options, key })
      unsettled.delete(what)
      return said
    } catch (e) {
      if (e instanceof Refusal && e.settles) unsettled.delete(what)
      throw e
    }
  }

  return {
    /** @param {string} name @param {Me} me @param {{deck?: DeckRequest, settings?: SettingsRequest}} [setup] what is left out is as usual @returns {Promise<Created>} */
    create: (name, me, setup = {}) => added('/sessions/', { name, creator_name: me.name, creator_avatar: me.avatar, ...setup }),
    /** @param {string} id @param {Me} me @param {{password?: string, role?: Role}} [how] @returns {Promise<Joined>} */
    join: (id, me, how = {}) => added(`/sessions/${encodeURIComponent(id)}/join`, { user_name: me.name, user_avatar: me.avatar, ...how }),
    /** Takes the seat that a seat link is for. @param {string} code @returns {Promise<Seat>} */
    takeSeat: (code) => added('/seats/', { code }),
    /** A link by which I can go on on another device. @param {string} id @param {string} me @returns {Promise<SeatLink>} */
    seatLink: (id, me) => requests.call('POST', at(id, '/seat-link', { user_id: me })),
    /** What is left out does not change. @param {string} id @param {string} me @param {SettingsRequest} settings */
    settings: (id, me, settings) => requests.call('POST', at(id, '/settings', { user_id: me }), settings, always),
    /** @param {string} id @param {string} me @param {DeckRequest} deck */
    deck: (id, me, deck) => requests.call('POST', at(id, '/deck', { user_id: me }), deck),
    /** @param {string} id @param {string} me @param {string} other whose role it is @param {Role} role */
    role: (id, me, other, role) => requests.call('POST', at(id, '/role', { user_id: me }), { user_id: other, role }, always),
    /** @param {string} id @param {string} me @param {string} other @param {boolean} helps */
    facilitator: (id, me, other, helps) => requests.call(helps ? 'POST' : 'DELETE', at(id, '/facilitators/' + encodeURIComponent(other), { user_id: me }), undefined, always),
    /** @param {string} id @param {string} me @param {number|null} seconds from now; null stops the timer @param {Still} [still] */
    timer: (id, me, seconds, still) => requests.call('POST', at(id, '/timer', { user_id: me }), { seconds }, { still }),
    /** Reminds voters who have not voted. @param {string} id @param {string} me @param {string[]} [users] all of them if it is left out @param {Still} [still] */
    nudge: (id, me, users, still) => requests.call('POST', at(id, '/nudge', { user_id: me }), users ? { user_ids: users } : {}, { still }),
    /** Asks once: the callers of this one have their own pauses. @param {string} id @param {string|null} me @param {Once} [options] @returns {Promise<Session>} */
    session: (id, me, options) => requests.once('GET', at(id, '', me ? { user_id: me } : {}), undefined, options),
    /** @param {string} id @param {string} me @returns {Promise<Round|null>} */
    round: (id, me) => requests.call('GET', at(id, '/round', { user_id: me })),
    /** @param {string} id @param {string} me */
    leave: (id, me) => requests.call('POST', at(id, '/leave', { user_id: me }), undefined, always),
    /** @param {string} id @param {string} me */
    end: (id, me) => requests.call('DELETE', at(id, '', { user_id: me }), undefined, always),
    /** @param {string} id @param {string} me @param {About|undefined} about @param {Still} [still] */
    start: (id, me, about, still) => requests.call('POST', at(id, '/start', { user_id: me }), about, { still }),
    /** @param {string} id @param {string} me @param {string|null} card null takes the card back @param {Wish} wish @returns {Promise<unknown>} */
    vote: (id, me, card, wish) => requests.call(card === null ? 'DELETE' : 'POST', at(id, '/vote', { user_id: me }), card === null ? undefined : { vote: card }, wish),
    /** A key for a wish that may have to be sent more than once. */
    key: () => requests.key(),
    /** @param {string} id @param {string} me @param {Still} [still] */
    reveal: (id, me, still) => requests.call('POST', at(id, '/reveal', { user_id: me }), undefined, { still }),
    /** @param {string} id @param {string} me @param {string|null} estimate @param {Still} [still] */
    accept: (id, me, estimate, still) => requests.call('POST', at(id, '/accept', { user_id: me }), { estimate }, { still }),
    /** Becomes Scrum Master in the place of one who is away. @param {string} id @param {string} me */
    takeover: (id, me) => requests.call('POST', at(id, '/takeover', { user_id: me })),
    /** @param {string} id @param {string} me */
    extend: (id, me) => requests.call('POST', at(id, '/extend', { user_id: me }), undefined, always),
    /** Every completed round, whole. @param {string} id @param {string} me @returns {Promise<Round[]>} */
    rounds: (id, me) => requests.call('GET', at(id, '/rounds', { user_id: me })),
    /** In their order, without descriptions. @param {string} id @param {string|null} me null: as anybody @returns {Promise<StoryList>} */
    stories: (id, me) => requests.call('GET', at(id, '/stories', me ? { user_id: me } : {})),
    /** A file that the server makes of the session. @template F @param {string} id @param {string|null} me null: as anybody @param {Record<string, string>} what its format, and what that takes @param {(answer: Response) => Promise<F>} read @returns {Promise<F>} */
    file: (id, me, what, read) => requests.call('GET', at(id, '/export', { ...what, ...(me && { user_id: me }) }), undefined, { read, timeout: 60_000 }),
    /** One story, whole. @param {string} id @param {string} me @param {string} story @returns {Promise<StoryAnswer>} */
    story: (id, me, story) => requests.call('GET', at(id, ofStory(story), { user_id: me })),
    /** @param {string} id @param {string} me @param {object[]} stories @param {string} key @returns {Promise<StoriesDone>} */
    addStories: (id, me, stories, key) => requests.call('POST', at(id, '/stories', { user_id: me }), { stories }, { ...always, key }),
    /** Adds the stories of a file. @param {string} id @param {string} me @param {string[][]} how to read it, and which of its stories @param {Blob} file @param {Pick<Options, 'key'> & How} options @returns {Promise<Imported>} */
    importStories: (id, me, how, file, options) => requests.call('POST', at(id, '/stories/import', [['user_id', me], ...how]), file, { ...always, ...options }),
    /** What that would do. Asks once. @param {string} id @param {string} me @param {string[][]} how @param {Blob} file @param {Once} options @returns {Promise<Imported>} */
    previewImport: (id, me, how, file, options) => requests.once('POST', at(id, '/stories/import', [['user_id', me], ['dry_run', 'true'], ...how]), file, options),
    /** @param {string} id @param {string} me @param {string} story @param {object} change @returns {Promise<StoriesDone>} */
    editStory: (id, me, story, change) => requests.call('POST', at(id, ofStory(story), { user_id: me }), change, always),
    /** @param {string} id @param {string} me @param {string} story @param {string|null} before null: to the end @returns {Promise<StoriesDone>} */
    moveStory: (id, me, story, before) => requests.call('POST', at(id, ofStory(story) + '/move', { user_id: me }), { before }, always),
    /** @param {string} id @param {string} me @param {string} story @returns {Promise<StoriesDone>} */
    removeStory: (id, me, story) => requests.call('DELETE', at(id, ofStory(story), { user_id: me }), undefined, always),
    /** What came of a session, while it lives and for a while after. Asks once. @param {string} id @param {string|null} me @returns {Promise<Report>} */
    summary: (id, me) => requests.once('GET', at(id, '/summary', me ? { user_id: me } : {})),
    /** @param {string} id @param {string} me @param {Me} as */
    profile: (id, me, as) => requests.call('POST', at(id, '/profile', { user_id: me }), as, always),
    /** By which others can reach the server; it tells only who is on its own machine. @returns {Promise<{addresses: string[]}>} */
    addresses: () => requests.once('GET', '/addresses'),
    /** @param {string} id @param {string} me @param {string} other */
    kick: (id, me, other) => requests.call('POST', at(id, '/kick/' + encodeURIComponent(other), { kicker_id: me }), undefined, always),
    /** @param {string} id @param {string} me @param {string} other */
    transfer: (id, me, other) => requests.call('POST', at(id, '/transfer', { new_master_id: other, current_master_id: me }), undefined, always),
  }
}

const requests = new Requests()

/** Names a listener for the server's clock. @param {(ms: number) => void} listener hears it with every answer */
export function listenToClock(listener) { requests.onServerTime = listener }

/** Names a listener that hears of every request which was not answered in time. @param {() => void} listener */
export function listenToSilence(listener) { requests.onSilence = listener }

/** Names a listener that hears when a command takes long, and when it need wait no more. @param {(waits: boolean) => void} listener */
export function listenToWaits(listener) { requests.onWait = listener }

/** Says whether the line to the server is up. @param {boolean} up */
export const lineIs = (up) => requests.line(up)

/** Says that the session has been left. */
export const left = () => requests.leave()

/** How long answers took lately, in milliseconds. */
export const pace = () => requests.pace

export const api = calls(requests)
