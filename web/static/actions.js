// @ts-check
/** @import { DeckRequest, Room, Me, Prefs, Field, SettingsRequest, State } from './types.js' */
import { api, Refusal } from './api.js'
import { AVATARS } from './avatars.js'
import { nextStory } from './backlog.js'
import { chosenDeck, OWN, typedCards, wrongCards } from './decks.js'
import { LANGUAGES, pick, speak, t } from './i18n.js'
import { wantFocus } from './focus.js'
import { go } from './router.js'
import * as prefs from './prefs.js'
import { storyOf } from './stories.js'
import { hush, offline, refused, why } from './tell.js'
import { openRoom, stillHere } from './room.js'
import { get, set, setRoom, shut } from './store.js'
import { estimate, farApart, iWatch, may, myCard, votable } from './words.js'

/** The longest name of a person and of a session. */
export const NAME = 50
export const SESSION_NAME = 100

/** Characters as people count them. @param {string} text */
const length = (text) => [...text].length

/** @param {Partial<Prefs>} part */
export function prefer(part) {
  const next = { ...get().prefs, ...part }
  prefs.save(next)
  set({ prefs: next })
}

/** @param {string|null} lang null: as the browser wishes */
export function preferLanguage(lang) {
  prefer({ lang: lang && lang in LANGUAGES ? lang : null })
  void speakAs(lang)
}

/** Speaks that language, as soon as its texts are there. @param {string|null} lang null: as the browser wishes */
export const speakAs = (lang) => speak(pick(lang)).then(() => set({}), offline)

/** @param {Me} me @returns {Me|null} null if the name will not do, which is said in the form */
export function checked(me) {
  const tidy = prefs.tidy(me)
  if (!tidy.name || length(tidy.name) > NAME) return wrong('me-name', t('form.me', { n: NAME }))
  return tidy
}

/** The field is named, marked, unfolded and focused. @param {Field} field @param {string} error */
export function wrong(field, error) {
  set({ form: { busy: false, error, field } })
  queueMicrotask(() => { // once it is drawn
    const input = document.getElementById(field)
    input?.closest('details')?.setAttribute('open', '')
    input?.focus()
  })
  return null
}

const chance = Math.random()

/** The face to take a seat with here: the one picked by hand, or one that nobody at the table has. @param {State} state */
export function faceHere({ draft, room }) {
  const taken = room?.phase === 'join' ? room.session?.participants.map((p) => p.avatar) ?? [] : []
  if (draft.picked || !taken.includes(draft.avatar)) return draft.avatar
  const free = AVATARS.filter((a) => !taken.includes(a))
  return free[Math.floor(chance * free.length)] ?? draft.avatar
}

/** The fields of the forms, as the server names them in each call. */
const CREATE = /** @type {Record<string, Field>} */ ({ name: 'session-name', creator_name: 'me-name' })
const JOIN = /** @type {Record<string, Field>} */ ({ user_name: 'me-name' })
const PROFILE = /** @type {Record<string, Field>} */ ({ name: 'me-name' })

/** @param {Refusal} e @param {string} conflict what 409 means here @param {Record<string, Field>} [fields] */
export function formRefused(e, conflict, fields = {}) {
  if (!(e instanceof Refusal)) throw e
  if (Object.hasOwn(fields, e.field)) return void wrong(fields[e.field], t(fields[e.field] === 'me-name' ? 'form.meWrong' : 'form.sessionWrong'))
  set({ form: { busy: false, error: e.status === 409 && e.kind ? conflict : e.unknown ? `${why(e)} ${t('form.again')}` : t('refused.other', { why: why(e) }) } })
}

/** The shortest and the longest password of a session, in characters. */
const PASSWORD = { least: 4, most: 100 }

/** Whether a password will do for a session; if not, that is said in the form. @param {string|null|undefined} password */
export function passwordWillDo(password) {
  const n = length(password ?? '')
  return password == null || n >= PASSWORD.least && n <= PASSWORD.most || wrong('new-password', t('form.password', PASSWORD)) !== null
}

/** Whether a deck of one's own, if that is the one, will do; if not, that is said in the form. */
export function deckWillDo() {
  const { deck, own } = get().setup
  const fault = deck === OWN ? wrongCards(typedCards(own.text)) : ''
  return !fault || wrong('own-cards', fault) !== null
}

/** @param {string} name of the session @param {Me} me @param {SettingsRequest} settings that differ from the usual ones @param {DeckRequest} [deck] another than the one that was chosen in the form */
export async function create(name, me, settings, deck) {
  const { form, route } = get()
  if (form.busy) return
  if (!name.trim() || length(name.trim()) > SESSION_NAME) return void wrong('session-name', t('form.session', { n: SESSION_NAME }))
  const you = checked(me)
  if (!you || !deck && !deckWillDo() || !passwordWillDo(settings.password)) return
  prefer({ me: you })
  const { password: _, ...rest } = settings
  const setup = { ...get().setup, settings: rest }
  prefs.keepSetup(setup)
  set({ setup, form: { busy: true, error: null } })
  try {
    const { session_id, user_id } = await api.create(name.trim(), you, { deck: deck ?? chosenDeck(setup), settings })
    prefs.keepSeat(session_id, user_id, name.trim())
    if (get().route === route) go(`/session/${session_id}`) // else something else is shown by now
  } catch (e) {
    if (get().route === route) formRefused(/** @type {Refusal} */ (e), t('refused.slots'), CREATE)
  }
}

/** @param {Me} me @param {string} password empty for none */
export async function join(me, password) {
  const { room, form } = get()
  if (!room || form.busy) return
  const you = checked(me)
  if (!you) return
  const here = stillHere()
  // A face that was proposed because one's own was taken is for this session only.
  prefer({ me: get().draft.picked ? you : { ...you, avatar: get().prefs.me?.avatar ?? you.avatar } })
  set({ form: { busy: true, error: null } })
  try {
    const { user_id, session } = await api.join(room.id, you, { ...(password && { password }), ...(get().draft.watches && { role: 'spectator' }) })
    prefs.keepSeat(room.id, user_id, session.name)
    if (!here()) return openRoom()?.seatChanged() // something else is shown by now, or the same session anew
    set({ form: { busy: false, error: null } })
    openRoom()?.enter(session, user_id)
  } catch (e) {
    if (!here()) return
    set({ form: { busy: false, error: null } })
    const { kind } = /** @type {Refusal} */ (e)
    if (kind === 'password_needed' || kind === 'wrong_password') return void wrongPassword(room, password)
    if (kind === 'session_locked') return set({ form: { busy: false, error: t('join.locked') } })
    if (kind === 'session_full' || kind === 'session_gone') openRoom()?.over(kind === 'session_full' ? 'full' : 'inactive')
    else formRefused(/** @type {Refusal} */ (e), t('refused.other', { why: t('refused.409') }), JOIN)
  }
}

/** The session has a password, and this was not it. @param {Room} room @param {string} tried */
function wrongPassword(room, tried) {
  setRoom(room.id, { password: true })
  wrong('password', t(tried ? 'join.wrong' : 'join.needs'))
}

/** Looks again whether there is a seat. */
export const retry = () => openRoom()?.open()

/** Does something in the room, not twice at a time, and says so if it is refused. @param {string} name @param {(id: string, me: string, room: Room, still: () => Promise<boolean>, here: () => boolean) => Promise<unknown>} what here: whether the room has not been left since */
export async function act(name, what) {
  const { room } = get()
  if (!room?.me || room.busy === name) return
  const here = stillHere()
  setRoom(room.id, { busy: name })
  let passed = false
  try {
    await what(room.id, room.me, room, async () => {
      passed = !await unchanged(room)
      return !passed
    }, here)
  } catch (e) {
    if (!(e instanceof Refusal)) throw e
    if (!passed && here()) refused(e) // else the table shows what has become of it
  } finally {
    if (here() && get().room?.busy === name) setRoom(room.id, { busy: null })
  }
}

/** Whether the round is still where it was, as the server sees it: what was meant for it makes sense again. @param {Room} room */
async function unchanged({ id, me, session }) {
  const now = await api.session(id, me)
  return now.status === session?.status && now.current_round?.id === session.current_round?.id
}

/** The topic that stands in the field, if there is one. */
const typedTopic = () => /** @type {HTMLInputElement|null} */ (document.getElementById('topic'))?.value.trim() ?? null

/** What there is to do in a round. */
const TURN = '.turning .primary'

/** Starts a round about what stands in the field, or else about the same again. */
export const start = () => act('start', (id, me, room, still) => api.start(id, me, about(room), still))

/** @param {Room} room */
function about(room) {
  const round = room.session?.current_round
  const topic = typedTopic()
  if (topic === null && storyOf(room, round?.story_id)) return { story_id: round?.story_id ?? '' }
  const text = topic ?? round?.topic
  return text ? { topic: text } : undefined
}

/** Starts a round about a story. @param {string} story */
export const startStory = (story) => act('start', (id, me, _, still) => {
  wantFocus(TURN)
  return api.start(id, me, { story_id: story }, still)
})

/** What there is to do next once a round is completed. */
const NEXT = '#topic, .offer .primary'

/** Accepts what lies on the table, and starts the next story. @param {string} card @param {string} story */
const goOn = (card, story) => act('start', async (id, me, _, still) => {
  await api.accept(id, me, card, still)
  await api.start(id, me, { story_id: story }, still)
})

export const reveal = () => act('reveal', (id, me, _, still) => api.reveal(id, me, still))

export const accept = () => act('accept', async (id, me, room, still) => {
  const card = estimate(room)
  if (card === null) return
  wantFocus(NEXT)
  await api.accept(id, me, card, still)
})

export const takeover = () => act('takeover', api.takeover)

/** Completes the round without an estimate, and sets its story aside. */
export const skip = () => act('accept', async (id, me, room, still) => {
  wantFocus(NEXT)
  await api.accept(id, me, null, still)
  const story = storyOf(room, room.session?.current_round?.story_id)
  if (story && may(room, 'stories')) await api.editStory(id, me, story.id, { status: 'skipped' })
})

/** Another estimate for the round on the table. @param {string} card */
export const amend = (card) => act('accept', (id, me, _, still) => api.accept(id, me, card, still))

/**
 * Sends what the form of a dialog says, and closes that dialog. Who has closed it, or opened another, is told only what was refused.
 * @param {(room: Room, me: string) => Promise<unknown>} what @param {string} conflict what 409 means here @param {Record<string, Field>} [fields]
 */
export async function submit(what, conflict, fields) {
  const { room, form, dialog } = get()
  if (!room?.me || form.busy) return
  const here = stillHere()
  const sent = { busy: true, error: null }
  set({ form: sent })
  const refusal = await what(room, room.me).then(() => null, (e) => e)
  if (get().form === sent) set({ form: { busy: false, error: null } })
  if (dialog && get().dialog === dialog) {
    if (refusal) formRefused(refusal, conflict, fields)
    else set({ dialog: null, form: { busy: false, error: null } })
  } else if (refusal && (here() || !(refusal instanceof Refusal))) refused(refusal)
}

/** Changes my name and face. @param {Me} me */
export function changeMe(me) {
  const { room, form } = get()
  if (form.busy) return
  const you = checked(me)
  if (!you) return
  if (room?.connection === 'lost') return offline()
  void submit(async ({ id }, user) => {
    await api.profile(id, user, you)
    prefer({ me: you })
  }, '', PROFILE)
}

/** Begins with the name and face that I have here. */
export function openProfile() {
  const { room, draft } = get()
  const me = room?.session?.participants.find((p) => p.id === room.me)
  set({ draft: me ? { name: me.name, avatar: me.avatar, picked: true } : draft, form: { busy: false, error: null }, dialog: { kind: 'profile' } })
}

/** Opens a session of the same name as one that is over. Who has no name here yet is asked for it on the start page. @param {string} name */
export function again(name) {
  const { prefs: { me }, room } = get()
  const { deck, settings } = room?.session ?? {}
  if (me) return void create(name, me, settings ?? {}, deck)
  set({ proposal: name })
  go('/')
}

export const extend = () => act('extend', api.extend)

/** @param {string} user */
export const crown = (user) => act('crown', async (id, me) => {
  const { dialog } = get()
  await api.transfer(id, me, user)
  shut(dialog)
})

/** @param {string} user */
export const kick = (user) => act('kick', async (id, me) => {
  const { dialog } = get()
  await api.kick(id, me, user)
  shut(dialog)
})

export const end = () => act('end', api.end)

export const leave = () => act('leave', api.leave)

/** A new round, about the next story if there is one. What would be lost by it is asked about first: cards on the table, and a result without an estimate. */
export function newRound() {
  const { room } = get()
  if (!room || !may(room, 'start')) return
  const { status, current_round } = room.session ?? {}
  if (status === 'voting' && Object.keys(current_round?.votes ?? {}).length) set({ dialog: { kind: 'restart' } })
  else if (status === 'results' && current_round?.completed_at === null) void decided(room)
  else if (status === 'voting') void start()
  else if (status === 'waiting' || status === 'results') void (nextStory(room) ? startStory(nextStory(room)?.id ?? '') : start())
}

/** With a next story, an estimate that was picked, or that the votes agree on well enough, is accepted by going on, by who may accept it. @param {Room} room */
function decided(room) {
  const card = estimate(room)
  const next = nextStory(room)
  if (card === null || !next || !room.session || !may(room, 'accept') || room.choice === null && farApart(room.session)) set({ dialog: { kind: 'again' } })
  else void goOn(card, next.id)
}

/** A card of the hand: mine while voting, the estimate afterwards for who may accept one. @param {string} card */
export function play(card) {
  const { room } = get()
  const status = room?.session?.status
  if (room && status === 'results' && may(room, 'accept')) setRoom(room.id, { choice: card })
  if (!room || !votable(room) || iWatch(room)) return
  openRoom()?.votes.choose(myCard(room) === card ? null : card)
  hush() // what cannot be done now is not said of a card
}
