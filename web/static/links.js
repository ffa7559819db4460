// @ts-check
import { publicUrl } from './served.js'
import { get } from './store.js'

/** Whether only this machine can open an address. @param {string} url */
export const isLocal = (url) => /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname)

/** What the address in use, or the server's own word, makes links begin with. */
export const ownBase = () => publicUrl() ?? location.origin

/** The link to the session that is shown. */
export const inviteLink = () => `${get().address ?? ownBase()}/session/${get().room?.id}`
