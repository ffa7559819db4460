// @ts-check
import { listenToClock, listenToSilence, listenToWaits } from './api.js'
import { speakAs } from './actions.js'
import { someAvatar } from './avatars.js'
import { pick, speak } from './i18n.js'
import { onKey, once } from './keyboard.js'
import { applyTheme, load, seatChanged, setup } from './prefs.js'
import { arrive, depart, follow, seen } from './router.js'
import { openRoom } from './room.js'
import { onShape, shape } from './shape.js'
import { begin, get, set } from './store.js'
import { hush, slow } from './tell.js'
import { tick, touched } from './ticker.js'
import { draw } from './views/page.js'

const prefs = load()

await speak(pick(prefs.lang)).catch(() => speak('en'))
begin({
  route: { name: 'home' }, prefs, lobby: null, lobbyLive: true, room: null, dialog: null, toast: null, form: { busy: false, error: null },
  draft: prefs.me ?? { name: '', avatar: someAvatar() }, setup: setup(), now: Date.now(), shape: shape(),
}, draw)

onShape(() => set({ shape: shape() }))
listenToClock((ms) => {
  const { room } = get()
  if (room && ms - Date.now() > (room.skew || -Infinity)) set({ room: { ...room, skew: ms - Date.now() } })
})
listenToSilence(() => openRoom()?.stream?.unanswered())
listenToWaits((waits) => waits ? slow() : hush())
addEventListener('popstate', arrive)
// A page that is put away for later must not look as if somebody sat before it.
addEventListener('pagehide', depart)
document.addEventListener('visibilitychange', seen)
addEventListener('pageshow', (e) => { if (e.persisted) arrive() })
addEventListener('click', follow)
addEventListener('keydown', onKey)
for (const press of /** @type {const} */ (['click', 'keydown'])) addEventListener(press, once, true)
for (const sign of ['pointerdown', 'keydown', 'wheel']) addEventListener(sign, touched, { passive: true })
addEventListener('storage', (e) => {
  const id = seatChanged(e)
  if (id && id === openRoom()?.id) openRoom()?.seatChanged()
  if (e.key === 'magnapp.prefs' || e.key === 'magnapp.me') {
    set({ prefs: load() })
    applyTheme(get().prefs.theme)
    void speakAs(get().prefs.lang)
  }
})
setInterval(tick, 500)
// The head that the server has sent, to be seen until here.
document.getElementById('app')?.replaceChildren()
arrive()
dispatchEvent(new Event('begun')) // see boot.js
