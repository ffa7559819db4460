// @ts-check
/** @import { Envelope, Room, Story, StoryList } from '../static/types.js' */
import { behind, changed, follow, nextStory, parsed, parts, typed } from '../static/backlog.js'
import { read, same, test } from './harness.js'

/** @param {string} id @param {Partial<Story>} [more] @returns {Story} */
const story = (id, more = {}) => ({ id, key: '', title: 'Story ' + id, type: '', url: null, status: 'todo', estimate: null, rounds: 0, version: 1, ...more })

/** @param {string} ids @param {number} [version] @returns {StoryList} */
const list = (ids, version = 7) => ({ version, stories: [...ids].map((id) => story(id)) })

/** @param {object} what @param {number} [version] @returns {any} */
const data = (what, version = 8) => ({ version, total: 0, estimated: 0, added: [], changed: [], removed: [], moved: [], ...what })

/** @param {StoryList|null} l */
const ids = (l) => l && l.stories.map((s) => s.id).join('')

test('stories are added at the end, or before another, in their order', () => {
  const added = (/** @type {string|null} */ before) => ids(changed(list('abc'), data({ added: [{ story: story('x'), before }, { story: story('y'), before }] })))
  same([added(null), added('b'), added('gone')], ['abcxy', 'axybc', 'abcxy'])
})

test('stories move, change and go', () => {
  const moved = (/** @type {string} */ id, /** @type {string|null} */ before) => ids(changed(list('abc'), data({ moved: [{ id, before }] })))
  same([moved('c', 'a'), moved('a', null), moved('a', 'c'), moved('gone', 'a')], ['cab', 'bca', 'bac', 'abc'])
  same(ids(changed(list('abc'), data({ removed: ['b'] }))), 'ac')
  const after = changed(list('abc'), data({ changed: [story('b', { status: 'estimated', estimate: '5' })] }))
  same(after?.stories.map((s) => s.estimate), [null, '5', null])
})

test('a change leaves the list before it as it was', () => {
  const before = list('abc')
  changed(before, data({ removed: ['a'], moved: [{ id: 'c', before: 'b' }], added: [{ story: story('x'), before: 'b' }] }))
  same(before, list('abc'))
})

test('a change that the list has already is passed over, and one that is missing is noticed', () => {
  same(ids(changed(list('abc'), data({ removed: ['a'] }, 7))), 'abc')
  same(changed(list('abc'), data({ removed: ['a'] }, 9)), null)
  const late = follow(list('abc'), /** @type {any} */ ({ type: 'stories_updated', data: data({ removed: ['a'] }, 9) }))
  same([late?.version, ids(late)], [0, 'abc'], 'the list is shown, and known to be old')
  same(follow(late, /** @type {any} */ ({ type: 'stories_updated', data: data({ removed: ['a'] }, 10) }))?.version, 0, 'until it was read')
})

test('a server that has lost what it did not store is believed', () => {
  const event = (/** @type {number} */ version) => /** @type {any} */ ({ type: 'session_updated', data: { session: { backlog: { version } } } })
  same([follow(list('abc'), event(7))?.version, follow(list('abc'), event(6))?.version], [7, 0])
})

test('a list is read when there is a newer one', () => {
  const room = (/** @type {StoryList|null} */ stories) => /** @type {Room} */ (/** @type {any} */ ({ stories, session: { backlog: { version: 7 } } }))
  same([null, list('a', 6), list('a', 7), list('a', 8)].map((l) => behind(room(l))), [true, true, false, false])
})

test('the next story is the one that was picked, or the first to do after the one on the table, or from the top', () => {
  const of = (/** @type {Partial<Record<string, Story['status']>>} */ statuses, /** @type {string|null} */ upNext = null) => nextStory(/** @type {any} */ ({
    stories: { version: 1, stories: [...'abcd'].map((id) => story(id, { status: statuses[id] ?? 'todo' })) }, upNext, session: { current_round: { story_id: 'b' } },
  }))?.id
  same(of({ b: 'voting' }), 'c')
  same(of({ b: 'estimated', c: 'skipped' }), 'd')
  same(of({ b: 'estimated', c: 'skipped', d: 'estimated' }), 'a')
  same(of({ a: 'estimated', b: 'estimated', c: 'skipped', d: 'estimated' }), undefined)
  same([of({}, 'd'), of({ d: 'skipped' }, 'd'), of({ d: 'voting' }, 'd'), of({}, 'gone')], ['d', 'd', 'c', 'c'])
})

test('a pasted text is one story a line, with a key before a tab', () => {
  same(parsed('Pay by invoice\r\n\r\n  PAY-12\tRefund in part \nPAY-13\t\tEmpty basket\n- A\n* [ ] B\n2. C\n12 angry men\n-5 degrees'), [
    { title: 'Pay by invoice' }, { key: 'PAY-12', title: 'Refund in part' }, { key: 'PAY-13', title: 'Empty basket' }, { title: 'A' }, { title: 'B' }, { title: 'C' }, { title: '12 angry men' }, { title: '-5 degrees' },
  ])
  same(parsed('\t\n \n'), [])
  same(parsed(`${'k'.repeat(65)}\ttitle`), [{ title: `${'k'.repeat(65)} title` }], 'what is too long for a key')
})

test('stories that stand in the field again are the same stories', () => {
  const all = parsed('- 1. C\n* [ ] - D\nPAY-12\tRefund\n- K-1\t- E\n12 angry men\n1. [x] F')
  same(parsed(typed(all)), all)
  same(typed(parsed('One\nP-2\tTwo')), 'One\nP-2\tTwo')
})

test('many stories are sent in parts that the server takes', () => {
  const all = Array.from({ length: 500 }, (_, i) => ({ title: `${i} ${'ü'.repeat(200)}` }))
  const some = parts(all)
  same(some.flat(), all)
  same(some.length > 1 && some.every((p) => new TextEncoder().encode(JSON.stringify({ stories: p })).length <= 65536), true)
  same(parts([{ title: 'one' }]).length, 1)
})

const golden = await read('../../internal/view/testdata/fold.json')

for (const { name, steps } of JSON.parse(golden ?? '[]')) {
  test(`the page's list of stories is the server's: ${name}`, () => {
    /** @type {StoryList|null} */
    let known = { version: 0, stories: [] }
    for (const [i, { event, session }] of /** @type {{event: Envelope, session: any}[]} */ (steps).entries()) {
      if (event.type === 'stories_updated') known = follow(known, event)
      if (session && known && known.version) same([known.version, known.stories.length, known.stories.filter((s) => s.status === 'estimated').length], [session.backlog.version, session.backlog.total, session.backlog.estimated], `the list after step ${i + 1}`)
    }
  })
}
