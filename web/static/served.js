// @ts-check
// What the server has written into the page that it served.

/** @param {string} name of a meta element */
const meta = (name) => /** @type {HTMLMetaElement|null} */ (document.querySelector(`meta[name="${name}"]`))?.content || null

/** What links to this server begin with, if it was told. */
export const publicUrl = () => meta('public-url')?.replace(/\/+$/, '') ?? null

/** The name of the session that was over when the page was served at its address. Another session may be shown by now. */
export const endedName = () => location.pathname === arrivedAt ? meta('session-name') : null

const arrivedAt = location.pathname
