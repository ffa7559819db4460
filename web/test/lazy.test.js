// @ts-check
import { AGAIN, lazily } from '../static/lazy.js'
import { same, settled, test } from './harness.js'
import { StillWorld } from './world.js'

test('a module is asked for once', async () => {
  let asked = 0
  const get = lazily(async () => ++asked, new StillWorld())
  same([get(), get()], [null, null])
  await settled()
  same([get(), get(), asked], [1, 1, 1])
})

test('a module that did not come is asked for again after a while, however often the page is drawn', async () => {
  const world = new StillWorld()
  let asked = 0
  const get = lazily(async () => { if (++asked < 3) throw new TypeError('Failed to fetch'); return 'here' }, world)
  for (let drawn = 0; drawn < 120; drawn++) {
    get()
    await world.pass(AGAIN / 50)
  }
  same([get(), asked], ['here', 3])
})
