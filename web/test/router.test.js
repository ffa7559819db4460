// @ts-check
import { routeOf } from '../static/router.js'
import { same, test } from './harness.js'

test('the address names what is shown', () => {
  for (const [path, id] of [['/session/abc', 'abc'], ['/session/abc/', 'abc'], ['/session/a%20b', 'a b']]) same(routeOf(path), { name: 'session', id }, path)
  for (const path of ['/session/abc/summary', '/session/abc/summary/']) same(routeOf(path), { name: 'summary', id: 'abc' }, path)
  same(routeOf('/session/summary'), { name: 'session', id: 'summary' })
  for (const path of ['/', '', '/session', '/session/', '/session/a/b', '/session/a/b/summary', '/else']) same(routeOf(path), { name: 'home' }, path)
})

test('an id that is no text is the id of no session', () => {
  for (const id of ['%ff', '%', '%e0%a4', '%zz']) same(routeOf('/session/' + id), { name: 'session', id }, id)
})
