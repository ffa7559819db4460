// @ts-check
import { get } from '../store.js'
import { storyOf } from '../stories.js'
import { move } from '../storywork.js'

/** How near to the edge of the list a story is when the list begins to roll, in pixels, and how far it rolls at a time. */
const EDGE = 36
const ROLL = 12
const EVERY = 30

/** A story is taken by its handle, by mouse, pen or finger, and put where it is let go. Escape puts it back. @param {PointerEvent} e @param {string} id of the story */
export function lift(e, id) {
  const handle = /** @type {HTMLElement} */ (e.currentTarget)
  const [li, ol] = [handle.closest('li'), handle.closest('ol')]
  if (!li || !ol || e.button) return
  e.preventDefault()
  handle.setPointerCapture(e.pointerId)
  const from = e.clientY + ol.scrollTop
  let y = e.clientY
  let place = -1
  const others = () => /** @type {HTMLElement[]} */ ([...ol.children].filter((c) => c !== li))
  const show = () => {
    li.style.translate = `0 ${y + ol.scrollTop - from}px`
    const rows = others()
    place = rows.findIndex((r) => { const box = r.getBoundingClientRect(); return y < box.top + box.height / 2 })
    if (place < 0) place = rows.length
    rows.forEach((r, i) => { r.dataset.drop = i === place ? 'before' : i === place - 1 && place === rows.length ? 'after' : '' })
  }
  li.dataset.lifted = ''
  const rolling = setInterval(() => {
    const box = ol.getBoundingClientRect()
    const by = y < box.top + EDGE ? -ROLL : y > box.bottom - EDGE ? ROLL : 0
    if (by) { ol.scrollTop += by; show() }
  }, EVERY)
  const done = new AbortController()
  const { signal } = done
  /** @param {boolean} put */
  const drop = (put) => {
    done.abort()
    clearInterval(rolling)
    delete li.dataset.lifted
    li.style.translate = ''
    for (const r of others()) delete r.dataset.drop
    const story = storyOf(get().room, id)
    const at = get().room?.stories?.stories.findIndex((s) => s.id === id)
    if (put && story && place >= 0 && place !== at) void move(story, place)
  }
  handle.addEventListener('pointermove', (m) => { y = m.clientY; show() }, { signal })
  handle.addEventListener('pointerup', () => drop(true), { signal })
  handle.addEventListener('pointercancel', () => drop(false), { signal })
  addEventListener('keydown', (k) => { if (k.key === 'Escape') { k.preventDefault(); k.stopPropagation(); drop(false) } }, { signal, capture: true })
}
