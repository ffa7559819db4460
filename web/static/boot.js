// Runs before the first paint, so that a chosen theme does not flash, and so that the texts of another language are under way before the page asks for them.
try {
  const prefs = JSON.parse(localStorage.getItem('magnapp.prefs') ?? '{}')
  if (prefs.theme === 'light' || prefs.theme === 'dark') document.documentElement.dataset.theme = prefs.theme
  const texts = { en: '', ...JSON.parse(/** @type {HTMLScriptElement} */ (document.currentScript).dataset.texts ?? '{}') }
  const spoken = [prefs.lang, ...navigator.languages.map((l) => l.slice(0, 2).toLowerCase())].find((l) => Object.hasOwn(texts, l))
  if (texts[spoken]) document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href: texts[spoken] }))
} catch { /* no storage: the system's theme it is */ }
