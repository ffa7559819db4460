// Runs before the first paint, so that a chosen theme does not flash, and so that the texts of another language are under way before the page asks for them.
let spoken = 'en'
try {
  const prefs = JSON.parse(localStorage.getItem('magnapp.prefs') ?? '{}')
  if (prefs.theme === 'light' || prefs.theme === 'dark') document.documentElement.dataset.theme = prefs.theme
  const texts = { en: '', ...JSON.parse(/** @type {HTMLScriptElement} */ (document.currentScript).dataset.texts ?? '{}') }
  spoken = [prefs.lang, ...navigator.languages.map((l) => l.slice(0, 2).toLowerCase())].find((l) => Object.hasOwn(texts, l)) ?? 'en'
  if (texts[spoken]) document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href: texts[spoken] }))
} catch { /* no storage: the system's theme it is */ }

// A part of the page may not arrive, as when a proxy asks a server that has just died. Then nothing of the page would run, or be seen as it should. That is said, and when all parts can be had, the page is
// loaded again.
{
  /** @type {Record<string, string>} */
  const said = {
    en: 'A part of this page did not arrive. It is loaded again in a moment.', de: 'Ein Teil dieser Seite kam nicht an. Sie wird gleich noch einmal geladen.',
    fr: 'Une partie de cette page n’est pas arrivée. Elle va être rechargée.', es: 'Una parte de esta página no ha llegado. Se volverá a cargar enseguida.',
  }
  /** How long one request may take, and the longest pause before the next try, in milliseconds. */
  const TIMEOUT = 8_000, LONGEST = 15_000
  /** How often it has been tried, over all loads of the page. */
  const KEY = 'magnapp.loads'
  let failed = false

  /** @param {number|null} n null: the page is there @returns {number} how many tries there were before */
  const count = (n) => {
    try {
      const before = Number(sessionStorage.getItem(KEY))
      if (n === null) sessionStorage.removeItem(KEY)
      else sessionStorage.setItem(KEY, String(before + n))
      return before
    } catch { return 3 } // no storage: as after some tries
  }

  /** Whether something can be had. What comes is kept by the browser for the page. @param {string} url @param {number} worst status */
  const arrives = (url, worst) => fetch(url, { cache: 'reload', signal: AbortSignal.timeout(TIMEOUT) }).then(async (a) => { await a.blob(); return a.status < worst }, () => false)

  const again = () => setTimeout(async () => {
    const parts = [...document.querySelectorAll('script[src], link[rel=modulepreload], link[rel=stylesheet]')].map((e) => e.getAttribute('src') ?? e.getAttribute('href') ?? '')
    const all = await Promise.all([arrives(location.href, 500), ...parts.map((url) => arrives(url, 400))]) // a page that says that a session is over has a status that says so too
    if (all.every(Boolean)) location.reload()
    else again()
  }, Math.min(LONGEST, 1_000 * 2 ** count(1)) * (0.75 + Math.random() / 2))

  const fails = () => {
    if (failed) return
    failed = true
    const say = () => document.body.prepend(Object.assign(document.createElement('p'), { className: 'noscript', role: 'alert', textContent: said[spoken] ?? said.en }))
    if (document.body) say()
    else addEventListener('DOMContentLoaded', say)
    again()
  }

  /** @param {Event} e */
  const broken = (e) => { if (e.target instanceof HTMLScriptElement || e.target instanceof HTMLLinkElement && e.target.rel === 'stylesheet') fails() }
  addEventListener('error', broken, true)
  const whole = () => { if (!failed) count(null) }
  addEventListener('begun', () => document.readyState === 'complete' ? whole() : addEventListener('load', whole), { once: true })
}
