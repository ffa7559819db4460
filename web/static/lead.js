// @ts-check
/** @import { Role, Session, SettingsRequest } from './types.js' */
import { act, deckWillDo, passwordWillDo, submit } from './actions.js'
import { api, Refusal } from './api.js'
import { asTyped, chosenDeck, deckName, KNOWN, OWN } from './decks.js'
import { inline, t } from './i18n.js'
import { keepSetup } from './prefs.js'
import { get, set, shut } from './store.js'
import { toast } from './tell.js'
import { missing, names } from './words.js'

// What is done about a session, besides the rounds: its settings and its deck, who is what in it, its pace, and one's own seat on another device.

/** Changes what differs. @param {SettingsRequest} wanted */
export function changeSettings(wanted) {
  if (!passwordWillDo(wanted.password)) return
  void submit((room, me) => {
    const now = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (room.session?.settings))
    const changes = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => name === 'password' || String(now[name]) !== String(value)))
    return Object.keys(changes).length ? api.settings(room.id, me, changes) : Promise.resolve()
  }, t('refused.409'))
}

/** @param {boolean} locked */
export const lock = (locked) => act('lock', (id, me) => api.settings(id, me, { locked }))

/** Another deck from the next round on. */
export function changeDeck() {
  if (!deckWillDo()) return
  const { setup } = get()
  if (setup.deck === OWN) keepSetup(setup)
  void submit((room, me) => api.deck(room.id, me, chosenDeck(setup)), t('deck.between'))
}

/** Begins with the deck that is in use. */
export function openDeck() {
  const { room, setup } = get()
  const deck = room?.session?.deck
  if (!deck) return
  const known = deck.name in KNOWN && KNOWN[deck.name].join() === deck.cards.map((c) => c.value).join()
  set({ setup: known ? { ...setup, deck: deck.name } : { ...setup, deck: OWN, own: { name: deck.name, text: asTyped(deck.cards) } }, form: { busy: false, error: null }, dialog: { kind: 'deck' } })
}

export const openSettings = () => set({ form: { busy: false, error: null }, dialog: { kind: 'settings' } })

/** @param {string} user @param {Role} role */
export const changeRole = (user, role) => act('role', (id, me) => api.role(id, me, user, role))

/** @param {string} user @param {boolean} helps */
export const makeFacilitator = (user, helps) => act('facilitator', (id, me) => api.facilitator(id, me, user, helps))

/** @param {number|null} seconds null stops the timer */
export const setTimer = (seconds) => act('timer', async (id, me, _, still) => {
  const { dialog } = get()
  await api.timer(id, me, seconds, still)
  if (dialog?.kind === 'timer') shut(dialog)
})

/** Reminds those whose cards are missing, or these of them. @param {string[]} [users] */
export const nudge = (users) => act('nudge', async (id, me, room, still, here) => {
  const session = /** @type {Session} */ (room.session)
  const late = missing(session).filter((p) => !users || users.includes(p.id))
  try {
    await api.nudge(id, me, users, still)
    if (here()) toast(late.length ? t('nudge.done', { names: names(late) }) : t('nudge.sent'), 'info')
  } catch (e) {
    if (!(e instanceof Refusal) || e.kind !== 'nudged_just_now') throw e
    if (here()) toast(t('nudge.soon'), 'info')
  }
})

/** A link by which I go on elsewhere, instead of an earlier one. */
export function openSeat() {
  set({ dialog: { kind: 'seat' }, seatLink: null })
  void act('seat', async (id, me, _, still, here) => {
    const made = await api.seatLink(id, me).catch((e) => {
      if (here()) set({ seatLink: { code: '', until: 0 } })
      throw e
    })
    if (here()) set({ seatLink: { code: made.code, until: Date.parse(made.expires_at) } })
  })
}

/** What a deck is called, to set in a sentence. @param {string} name */
export const calledDeck = (name) => inline(deckName(name))
