// Runs before the first paint, so that a chosen theme does not flash.
try {
  const prefs = JSON.parse(localStorage.getItem('magnapp.prefs') ?? '{}')
  if (prefs.theme === 'light' || prefs.theme === 'dark') document.documentElement.dataset.theme = prefs.theme
} catch { /* no storage: the system's theme it is */ }
