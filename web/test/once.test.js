// @ts-check
import { parts } from '../static/backlog.js'
import { newStories, without } from '../static/newstories.js'
import { Once } from '../static/once.js'
import { Refusal } from '../static/requests.js'
import { same, test } from './harness.js'

/** A server that takes one body for each key. outcomes: what becomes of the next requests; lost: it is taken, and nobody says so; gone: it does not arrive. */
function server() {
  let keys = 0
  const s = {
    /** @type {Map<string, string>} */
    byKey: new Map(),
    /** @type {string[]} */
    stored: [],
    /** @type {('lost'|'gone'|Refusal)[]} */
    outcomes: [],
    once: new Once(async (/** @type {{text: string}} */ { text }, key) => {
      const outcome = s.outcomes.shift()
      if (outcome === 'gone') throw new Refusal(0, '', '')
      if (outcome instanceof Refusal) throw outcome
      const known = s.byKey.get(key)
      if (known !== undefined && known !== text) throw new Refusal(422, '', '', 0, 'key_reused')
      if (known === undefined) s.stored.push(text)
      s.byKey.set(key, text)
      if (outcome === 'lost') throw new Refusal(0, '', '')
      return text
    }, () => `key ${++keys}`),
    /** What was taken, or the status of the refusal. @param {string} text @param {...('lost'|'gone'|Refusal)} outcomes */
    add: async (text, ...outcomes) => {
      s.outcomes = outcomes
      return s.once.add({ text }).then(({ said, taken }) => said === taken.text ? said : 'nonsense', (e) => e.status)
    },
  }
  return s
}

test('what is sent again after a doubt is added once', async () => {
  const s = server()
  same([await s.add('a', 'lost'), await s.add('a'), await s.add('a')], [0, 'a', 'a'])
  same(s.stored, ['a', 'a'], 'stored: once for each time that it was asked for with a known outcome before')
})

test('what was changed after a doubt is not taken beside what had arrived', async () => {
  const s = server()
  same([await s.add('a', 'lost'), await s.add('b')], [0, 'a'])
  same(s.stored, ['a'])
  same([await s.add('b'), s.stored], ['b', ['a', 'b']], 'what is asked for then is new')
})

test('what was changed after a doubt is taken if nothing had arrived, and what comes late is not', async () => {
  const s = server()
  same([await s.add('a', 'gone'), await s.add('b'), s.stored], [0, 'b', ['b']])
  same([await s.once.send({ text: 'a' }, 'key 1').catch((e) => e.kind), s.stored], ['key_reused', ['b']])
})

test('of several that were changed in doubt the one is found that had arrived', async () => {
  const s = server()
  same([await s.add('a', 'gone'), await s.add('b', 'lost'), await s.add('c', 'gone'), await s.add('d')], [0, 0, 0, 'b'])
  same(s.stored, ['b'])
})

test('a doubt stays while nobody says what has become of it', async () => {
  const s = server()
  const [many, wrong, full] = [new Refusal(429, '', '', 0, 'too_many_commands'), new Refusal(422, '', '', 0, 'invalid'), new Refusal(409, '', '', 0, 'too_many_stories')]
  same([await s.add('a', 'lost'), await s.add('b', many), await s.add('c', wrong), await s.add('d')], [0, 429, 422, 'a'])
  same([await s.add('x', full), s.once.doubt], [409, null], 'the server looks for the key first')
})

test('of stories that had arrived only those are left that are new, and the others can be named', () => {
  const stories = [{ title: 'One' }, { key: 'P-2', title: 'Two' }, { title: 'One' }, { title: 'Three' }]
  same(without(stories, [{ title: 'One' }, { key: 'P-2', title: 'Two' }]), [{ title: 'One' }, { title: 'Three' }])
  same(without([{ title: 'Two' }], [{ key: 'P-2', title: 'Two' }]), [{ title: 'Two' }], 'a story with another key')
})

test('stories that were edited while nobody said whether they had arrived are on the list once', async () => {
  /** @type {string[]} */
  const list = []
  let lost = true
  /** @type {Map<string, string>} */
  const keys = new Map()
  const adding = newStories(async (stories, key) => {
    const body = JSON.stringify(stories)
    if (keys.has(key) && keys.get(key) !== body) throw new Refusal(422, '', '', 0, 'key_reused')
    if (!keys.has(key)) list.push(...stories.map((s) => s.title))
    keys.set(key, body)
    if (lost) throw new Refusal(0, '', '')
  }, () => `key ${keys.size}`)
  const first = [{ title: 'One' }, { title: 'Two' }]
  same(await adding.add(first).catch((e) => e.rest), first)
  lost = false
  same(await adding.add([{ title: 'One' }, { title: 'Two and a half' }, { title: 'Three' }]), [{ title: 'Two' }], 'what stands there besides')
  same(list, ['One', 'Two', 'Two and a half', 'Three'])
  same(await adding.add([{ title: 'Four' }]), [])
  const many = Array.from({ length: 400 }, (_, n) => ({ title: `${n} `.padEnd(400, 'x') }))
  same([parts(many).length > 2, await adding.add(many), list.length], [true, [], 405])
})

test('what had arrived besides is named also where the rest is refused at first', async () => {
  /** @type {(Refusal|null)[]} */
  let outcomes = []
  const adding = newStories(async () => {
    const refusal = outcomes.shift()
    if (refusal) throw refusal
  }, () => 'key')
  const refusal = (/** @type {number} */ status, kind = '') => new Refusal(status, '', '', 0, kind)
  outcomes = [refusal(0)]
  await adding.add([{ title: 'One' }]).catch(() => {})
  outcomes = [refusal(422, 'key_reused'), null, refusal(409, 'too_many_stories')]
  same(await adding.add([{ title: 'Two' }]).catch((e) => e.rest), [{ title: 'Two' }])
  same([await adding.add([{ title: 'Two' }]), await adding.add([{ title: 'Three' }])], [[{ title: 'One' }], []])
})
