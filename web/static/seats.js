// @ts-check
/** @import { User } from './types.js' */

/** How many people sit around the oval; more are shown in a grid. */
export const OVAL = 16

// The order in which places fill keeps the table balanced at every number.
const ORDER = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]
// The same for the eight rows of the upright table on a phone.
const ROWS = [0, 4, 2, 6, 1, 5, 3, 7]
const EXPONENT = 2 / 2.6

/**
 * Gives everybody a place and lets nobody move: who is seated stays, who comes takes the first free place, and I always have place 0.
 * @param {Map<string, number>} before @param {User[]} people @param {string|null} me @returns {Map<string, number>}
 */
export function seat(before, people, me) {
  const after = new Map()
  for (const p of people) if (p.id === me) after.set(p.id, 0)
    else if (before.has(p.id) && before.get(p.id) !== 0) after.set(p.id, before.get(p.id))
  const taken = new Set(after.values()).add(0)
  for (const p of people) {
    if (after.has(p.id)) continue
    let free = 1
    while (taken.has(free)) free++
    taken.add(free)
    after.set(p.id, free)
  }
  return after
}

/** @type {Map<number, [number, number][]>} */
const ovals = new Map()

/**
 * Where a place is on the oval: from -1, left or top, to 1.
 * @param {number} place @param {number} aspect width of the table by its height @returns {{x: number, y: number}}
 */
export function oval(place, aspect) {
  if (!ovals.has(aspect)) ovals.set(aspect, arc(aspect))
  const [x, y] = /** @type {[number, number][]} */ (ovals.get(aspect))[ORDER[place % OVAL]]
  return { x, y }
}

/** Where a place is at a table so low that there are two rows of seven, and one seat at each end. @param {number} place @returns {{x: number, y: number}} as in oval */
export function flat(place) {
  const slot = ORDER[place % OVAL] // clockwise, from the middle of the lower row
  const fromEnd = (slot + 4) % 8 // 0 is a seat at an end
  if (fromEnd === 0) return { x: slot === 4 ? -1 : 1, y: 0 }
  const top = slot > 4 && slot < 12
  return { x: ((fromEnd - 4) / 3) * (top ? 1 : -1), y: top ? -1 : 1 }
}

/** Where a place is on a phone. @param {number} place */
export const upright = (place) => ({ row: ROWS[(place >> 1) % 8], right: place % 2 === 1 })

/** Sixteen points at equal arc length on a superellipse, from the bottom on. @param {number} aspect @returns {[number, number][]} */
function arc(aspect) {
  /** @type {[number, number][]} */
  const points = []
  const lengths = [0]
  for (let k = 0; k <= 1440; k++) {
    points.push(superellipse(Math.PI / 2 + (2 * Math.PI * k) / 1440))
    if (k) lengths.push(lengths[k - 1] + Math.hypot((points[k][0] - points[k - 1][0]) * aspect, points[k][1] - points[k - 1][1]))
  }
  return ORDER.map((_, slot) => points[lengths.findIndex((l) => l >= (lengths[1440] * slot) / OVAL)])
}

/** @param {number} t @returns {[number, number]} */
function superellipse(t) {
  const c = Math.cos(t)
  const s = Math.sin(t)
  return [Math.sign(c) * Math.abs(c) ** EXPONENT, Math.sign(s) * Math.abs(s) ** EXPONENT]
}
