// Runs before the first paint, so that a chosen theme does not flash, and so that the texts of another language are under way before the page asks for them.
let spoken = 'en'
{
  /** @type {any} what may be anything */
  let prefs = null
  try {
    prefs = JSON.parse(localStorage.getItem('magnapp.prefs') ?? '{}')
  } catch { /* no storage: the system's theme and language it is */ }
  if (prefs?.theme === 'light' || prefs?.theme === 'dark') document.documentElement.dataset.theme = prefs.theme
  const texts = { en: '', ...JSON.parse(/** @type {HTMLScriptElement} */ (document.currentScript).dataset.texts ?? '{}') }
  spoken = [prefs?.lang, ...navigator.languages.map((l) => l.slice(0, 2).toLowerCase())].find((l) => Object.hasOwn(texts, l)) ?? 'en'
  if (texts[spoken]) document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href: texts[spoken] }))
}

// A part of the page may not arrive, as when a proxy asks a server that has just died. Then nothing of the page would run, or be seen as it should. That is said, and when all parts can be had, the page is
// loaded again.
{
  /** @type {Record<string, string>} */
  const said = {
    en: 'A part of this page did not arrive. The page is loaded again when all of it can be had.', de: 'Ein Teil dieser Seite kam nicht an. Sie wird neu geladen, sobald alles da ist.',
    fr: 'Une partie de cette page n’est pas arrivée. Elle sera rechargée dès que tout sera disponible.', es: 'Una parte de esta página no ha llegado. Se volverá a cargar en cuanto todo esté disponible.',
  }
  /** How long one request may take, the longest pause before the next try, and the longest before a load where others came to nothing, in milliseconds. */
  const TIMEOUT = 8_000, LONGEST = 15_000, RARELY = 3_600_000
  /** How many loads of the page came to nothing, although all parts could be had: something in the browser may keep one out. */
  const KEY = 'magnapp.loads'
  /** Where our own parts are. What extensions and proxies put into the page may fail as it likes. */
  const OURS = '/assets/'
  let failed = false

  /** @param {number|null} n null: the page is there @returns {number} how many loads there were before */
  const count = (n) => {
    try {
      const before = Number(sessionStorage.getItem(KEY)) || 0
      if (n === null) sessionStorage.removeItem(KEY)
      else sessionStorage.setItem(KEY, String(before + n))
      return before
    } catch { // no storage: one load soon, others rarely
      return /** @type {PerformanceNavigationTiming|undefined} */ (performance.getEntriesByType('navigation')[0])?.type === 'reload' ? 9 : 1
    }
  }

  /** What comes is kept by the browser for the page. @param {string} url @returns {Promise<[number, string]>} the status and the text; 599: none came */
  const get = (url) => fetch(url, { cache: 'reload', signal: AbortSignal.timeout(TIMEOUT) }).then(async (a) => [a.status, await a.text()], () => [599, ''])

  /** Whether the page and all that it names can be had. It may be that of another version, with other parts. */
  const arrives = async () => {
    const [status, page] = await get(location.href)
    const parts = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((m) => get(m[1]))
    // A page that says that a session is over has a status that says so too. One without parts is not ours: a network may ask for its password first.
    return status < (parts.length ? 500 : 400) && (await Promise.all(parts)).every(([s]) => s < 400)
  }

  /** @param {number} pause in milliseconds @param {number} tries */
  const again = (pause, tries) => setTimeout(async () => {
    if (await arrives().catch(() => false)) location.reload()
    else again(Math.min(LONGEST, 1_000 * 2 ** tries), tries + 1)
  }, pause * (0.75 + Math.random() / 2))

  const fails = () => {
    if (failed) return
    failed = true
    const say = () => {
      document.querySelector('.late')?.remove()
      document.body.prepend(Object.assign(document.createElement('p'), { className: 'noscript', role: 'alert', lang: spoken, textContent: said[spoken] }))
    }
    if (document.body) say()
    else addEventListener('DOMContentLoaded', say)
    again(Math.min(RARELY, 1_000 * 2 ** count(1)), 1)
  }

  /** @param {Event} e */
  const broken = ({ target: e }) => { if (e instanceof HTMLScriptElement && e.getAttribute('src')?.startsWith(OURS) || e instanceof HTMLLinkElement && e.rel === 'stylesheet' && e.getAttribute('href')?.startsWith(OURS)) fails() }
  addEventListener('error', broken, true)
  const whole = () => { if (!failed) count(null) }
  addEventListener('begun', () => document.readyState === 'complete' ? whole() : addEventListener('load', whole), { once: true })
}
