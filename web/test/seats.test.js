// @ts-check
import { flat, OVAL, oval, seat, upright } from '../static/seats.js'
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

test('sixteen places around the table are all different, and lie on its rim', () => {
  for (const aspect of [0.9, 1.7, 3]) {
    const seen = new Set()
    for (let place = 0; place < OVAL; place++) {
      const { x, y } = oval(place, aspect)
      same((Math.abs(x) ** 2.6 + Math.abs(y) ** 2.6).toFixed(2), '1.00', `place ${place}`)
      seen.add(`${x.toFixed(2)} ${y.toFixed(2)}`)
    }
    same(seen.size, OVAL, 'different places')
    same([oval(0, aspect).x.toFixed(0), oval(0, aspect).y.toFixed(0)], ['0', '1'], 'my place, at the bottom')
  }
})

test('at a low table there are two rows of seven places, and one at each end, in the same order', () => {
  /** @type {Record<string, number[]>} */
  const rows = { '-1': [], 0: [], 1: [] }
  for (let place = 0; place < OVAL; place++) {
    const { x, y } = flat(place)
    rows[y].push(+x.toFixed(2))
    const around = oval(place, 3)
    same(Math.sign(x) * Math.sign(+around.x.toFixed(6)) >= 0 && y * around.y >= 0, true, `place ${place} is on the same side as around an oval`)
  }
  const seven = [-1, -0.67, -0.33, 0, 0.33, 0.67, 1]
  same(rows[1].sort((a, b) => a - b), seven)
  same(rows[-1].sort((a, b) => a - b), seven)
  same(rows[0].sort((a, b) => a - b), [-1, 1])
  same([flat(0).x.toFixed(0), flat(0).y], ['0', 1], 'my place, at the bottom')
})

test('sixteen places on a phone are eight rows of two', () => {
  const seen = new Set()
  for (let place = 0; place < OVAL; place++) seen.add(JSON.stringify(upright(place)))
  same(seen.size, OVAL, 'different places')
})
