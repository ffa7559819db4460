// @ts-check
import { asTyped, chosenDeck, KNOWN, typedCards, wrongCards } from '../static/decks.js'
import { least, SOON, TypeAhead } from '../static/typeahead.js'
import { same, test } from './harness.js'

/** @param {string} values */
const deck = (values) => values.split(' ').map((value) => ({ value, number: value === '½' ? 0.5 : /^\d+$/.test(value) ? Number(value) : null }))

/** What is chosen when the keys are typed one soon after the other. @param {string} values @param {string} keys */
function chosen(values, keys) {
  const ahead = new TypeAhead()
  return [...keys].map((key, i) => ahead.type(key, deck(values), i * 100).card).filter((c) => c !== null).join(' ')
}

test('every card of every deck is typed', () => {
  for (const [name, values] of Object.entries(KNOWN)) for (const value of values) {
    const cards = deck(values.join(' '))
    const card = /** @type {any} */ (cards.find((c) => c.value === value))
    same(chosen(values.join(' '), least(cards, card).toLowerCase()).split(' ').at(-1), value, `${value} of ${name}, by ${least(cards, card)}`)
  }
})

test('a longer card is typed over a shorter one', () => {
  const all = '0 ½ 1 2 3 5 8 13 20 40 100 ? coffee'
  same([chosen(all, '13'), chosen(all, '100'), chosen(all, '20'), chosen(all, '0.5'), chosen(all, '0,5'), chosen(all, '1/2')], ['1 13', '1 100', '2 20', '0 ½', '0 ½', '1 ½'])
  same(chosen('XS S M L XL XXL', 'xxl'), 'XXL')
  same(chosen('XS S M L XL XXL', 'xl'), 'XL')
})

test('what is typed later begins anew', () => {
  const ahead = new TypeAhead()
  const cards = deck('1 3 13')
  same([ahead.type('1', cards, 0).card, ahead.type('3', cards, SOON).card, ahead.type('1', cards, 2 * SOON).card, ahead.type('3', cards, 2 * SOON + 1).card], ['1', '3', '1', '13'])
})

test('the rest of a word that is known already takes no card back', () => {
  same(chosen('Small Medium Large', 'small'), 'Small')
  same(chosen('Small Medium Large', 'smallmedium'), 'Small Medium')
})

test('a key that is part of no card is not used', () => {
  const ahead = new TypeAhead()
  same([ahead.type('x', deck('XS XL'), 0), ahead.type('q', deck('XS XL'), 1)], [{ card: null, used: true }, { card: null, used: false }])
})

test('cards are typed with blanks, commas or semicolons between them', () => {
  same(typedCards('1 2  3'), ['1', '2', '3'])
  same(typedCards('1, 2, 3,'), ['1', '2', '3'])
  same(typedCards('1,2,3'), ['1', '2', '3'])
  same(typedCards('S,M,L'), ['S', 'M', 'L'])
  same(typedCards('S,M'), ['S', 'M'])
  same(typedCards('0 0,5 1'), ['0', '0,5', '1'])
  same(typedCards('very small; not so small; ?; Coffee'), ['very small', 'not so small', '?', 'coffee'])
  same(typedCards('  '), [])
})

test('a deck is typed as it was', () => {
  for (const values of [['1', '½', '0,5', '?', 'coffee'], ['very small', 'large'], ['a,b', 'c']]) same(typedCards(asTyped(values.map((value) => ({ value, number: null })))), values)
})

test('what is wrong with a deck is named', () => {
  same([wrongCards(['1', '2']), wrongCards(Array.from({ length: 30 }, (_, i) => String(i)))], ['', ''])
  same(/2 to 30/.test(wrongCards(['1'])), true)
  same(/2 to 30/.test(wrongCards(Array.from({ length: 31 }, (_, i) => String(i)))), true)
  same(/“8”/.test(wrongCards(['8', '5', '8'])), true)
  same(/“seventeen letters”/.test(wrongCards(['1', 'seventeen letters'])), true)
})

test('a deck of one’s own has a name in any case', () => {
  same(chosenDeck({ deck: 'own', own: { name: ' ', text: '1 2' } }), { name: 'Our deck', cards: [{ value: '1' }, { value: '2' }] })
  same(chosenDeck({ deck: 'fist', own: { name: '', text: '' } }), { name: 'fist' })
})
