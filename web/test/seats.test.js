// @ts-check
import { OVAL, oval, seat, upright } from '../static/seats.js'
import { same, test } from './harness.js'

/** @param {string} ids @returns {import('../static/types.js').User[]} */
const people = (ids) => [...ids].map((id) => ({ id, name: id, avatar: '', is_online: true, joined_at: '', role: 'voter', facilitator: false }))

/** @param {Map<string, number>} places */
const listed = (places) => Object.fromEntries(places)

test('I have the first place, and everybody else the next free one', () => {
  same(listed(seat(new Map(), people('abc'), 'b')), { a: 1, b: 0, c: 2 })
  same(listed(seat(new Map(), people('abc'), null)), { a: 1, b: 2, c: 3 })
})

test('nobody moves when others come and go', () => {
  const before = seat(new Map(), people('abcd'), 'a')
  same(listed(seat(before, people('abd'), 'a')), { a: 0, b: 1, d: 3 })
  same(listed(seat(seat(before, people('abd'), 'a'), people('abdef'), 'a')), { a: 0, b: 1, d: 3, e: 2, f: 4 })
})

test('who takes a seat moves to the first place', () => {
  const before = seat(new Map(), people('ab'), null)
  same(listed(seat(before, people('abc'), 'c')), { a: 1, b: 2, c: 0 })
})

test('sixteen places around the table are all different, and lie in the room', () => {
  for (const aspect of [0.8, 1.7]) {
    const seen = new Set()
    for (let place = 0; place < OVAL; place++) {
      const { x, y, cardX, cardY } = oval(place, aspect)
      for (const percent of [x, y, cardX, cardY]) same(percent >= -0.01 && percent <= 100.01, true, `${percent} of place ${place} lies in the room`)
      seen.add(`${x.toFixed(1)} ${y.toFixed(1)}`)
    }
    same(seen.size, OVAL, 'different places')
    same([oval(0, aspect).x.toFixed(0), oval(0, aspect).y.toFixed(0)], ['50', '100'], 'my place, at the bottom')
  }
})

test('sixteen places on a phone are eight rows of two', () => {
  const seen = new Set()
  for (let place = 0; place < OVAL; place++) seen.add(JSON.stringify(upright(place)))
  same(seen.size, OVAL, 'different places')
})
