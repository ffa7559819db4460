// @ts-check
// What the server has written into the page that it served.

/** @param {string} name of a meta element */
const meta = (name) => /** @type {HTMLMetaElement|null} */ (document.querySelector(`meta[name="${name}"]`))?.content || null

/** What links to this server begin with, if it was told. */
export const publicUrl = () => meta('public-url')?.replace(/\/+$/, '') ?? null

/** How many people a session takes. */
export const seats = () => Number(meta('seats')) || Infinity
