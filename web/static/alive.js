// @ts-check
/** @import { Session } from './types.js' */

/** A session that somebody has used within this time needs no sign of life, in milliseconds. */
const PACE = 60_000

/**
 * Keeps a session from expiring while somebody uses the page: reading, scrolling and pointing are no activity for the server. It says so at most once a minute, and only when nobody has done
 * anything for a minute; in a session that lives for less than two minutes, when half of its time is over.
 */
export class Alive {
  constructor() {
    /** How long the session lives after something was done, in milliseconds. */
    this.life = Infinity
    this.id = ''
    this.saidAt = -Infinity
  }

  /** Learns from the session how long it lives. Only a whole session says when it was last used; the longest time without knowing is too long. @param {Session} session */
  learn({ id, expires_at, last_activity }) {
    if (id !== this.id) {
      this.id = id
      this.life = Infinity
      this.saidAt = -Infinity
    }
    this.life = Math.min(this.life, Date.parse(expires_at) - Date.parse(last_activity))
  }

  /** Whether a sign of life is needed now. @param {Session} session @param {number} now the server's clock, in milliseconds */
  needed(session, now) {
    this.learn(session)
    const pace = Math.min(PACE, this.life / 2)
    const quiet = now - (Date.parse(session.expires_at) - this.life)
    if (quiet < pace || now - this.saidAt < pace) return false
    this.saidAt = now
    return true
  }
}
